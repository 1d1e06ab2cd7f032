// The running lab as the pipeline sees it: its workers, its pages, a visit.

import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { postVisit } from '../cli/send.ts';
import type { LabConfig } from '../config.ts';
import type { Target } from './target.ts';
import { report } from './tasks.ts';

/** The site whose welcome page is checked. */
const HOST = 'djangogirls.test';
/** A page that takes longer is not healthy, in ms. */
const PAGE_MS = 2000;
/** For all workers to serve a release, in ms: as long as the gateway waits for one that is starting (services/gateway/pool.ts). */
const WORKERS_MS = 75_000;
const POLL_MS = 50;
/** After so long without a change a line reports which workers are waited for, in ms. */
const QUIET_MS = 5000;

/** A worker as the gateway has it; `release` is null for the working tree. */
type Worker = { worker: string; state: string; release: string | null };

/** Has the gateway replace all workers, one after another. Throws with what it answers when one does not come up, or when `signal` ends it. */
export async function replaceWorkers(target: Target, signal: AbortSignal): Promise<number> {
  const replaced = new AbortController();
  void reportWaits(target, replaced.signal);
  try {
    for (;;) {
      try {
        const answer = (await target.gateway('POST', '/reload', signal)) as { replaced: string[] };
        return answer.replaced.length;
      } catch (error) {
        if (!isTimeout(error)) throw error; // fetch waits 5 minutes; the next request joins the reload under way
      }
    }
  } finally {
    replaced.abort();
  }
}

/** Waits until every worker is up and serves `release`; resolves with how many. Throws after a time, or when `signal` ends it. */
export async function untilAllServe(release: string | null, target: Target, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + WORKERS_MS;
  for (;;) {
    const workers = await listWorkers(target);
    const others = workers.filter((each) => !isUp(each) || each.release !== release);
    if (workers.length > 0 && others.length === 0) return workers.length;
    if (performance.now() > deadline) {
      const list = others.map(({ worker, state, release: has }) => `${worker} (${state}, ${has ?? 'working tree'})`);
      throw new Error(`not every worker serves ${release ?? 'the working tree'}: ${list.join(', ')}`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** The releases that workers which are up serve, each once; null is the working tree. */
export async function releasesServed(target: Target): Promise<(string | null)[]> {
  return [...new Set((await listWorkers(target)).filter(isUp).map(({ release }) => release))];
}

/** Reports which workers are not up whenever these have not changed for QUIET_MS, until `signal` aborts. */
async function reportWaits(target: Target, signal: AbortSignal): Promise<void> {
  let since = performance.now();
  let before = '';
  while (!signal.aborted) {
    const workers = await listWorkers(target).catch(() => []);
    const down = workers.filter((each) => !isUp(each)).map(({ worker, state }) => `${worker} (${state})`);
    if (signal.aborted) return;
    if (down.join() !== before || down.length === 0) {
      since = performance.now();
      before = down.join();
    } else if (performance.now() - since > QUIET_MS) {
      report(`· waiting for ${down.join(', ')}`);
      since = performance.now();
    }
    await delay(QUIET_MS / 10, undefined, { signal }).catch(() => {});
  }
}

/** Requests the welcome page `times` times; throws when one is slow, not 200, or of another release. */
export async function checkPages(
  release: string,
  times: number,
  { siteUrl }: LabConfig,
  signal: AbortSignal,
): Promise<string> {
  let slowest = 0;
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    const { status, body } = await getPage(siteUrl, signal);
    if (status !== 200) throw new Error(`the welcome page answers ${status}`);
    if (!body.includes(release)) throw new Error(`the welcome page is not of release ${release}`);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return `${times} pages, the slowest in ${slowest.toFixed(0)} ms`;
}

/** Makes the first visit to `release`, linked to the span of `traceparent`; resolves with its trace. */
export async function firstVisit(release: string, traceparent: string | undefined, config: LabConfig): Promise<string> {
  const request = { url: `http://${HOST}/`, ...(traceparent && { link: traceparent }) };
  const { traceId, status, error, body: page } = await postVisit(request, config);
  if (error) throw new Error(error.message);
  if (status !== 200 || !page.includes(release))
    throw new Error(`the visitor got ${status}, not of release ${release}`);
  return traceId;
}

function isTimeout(error: unknown): boolean {
  const { cause } = error as Error;
  return (cause as { code?: string } | undefined)?.code === 'UND_ERR_HEADERS_TIMEOUT';
}

function getPage(siteUrl: string, signal: AbortSignal): Promise<{ status: number | undefined; body: string }> {
  const limit = AbortSignal.timeout(PAGE_MS);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(limit.aborted ? new Error(`the welcome page takes longer than ${PAGE_MS / 1000} s`) : error);
    get(
      `${siteUrl}/`,
      { headers: { host: HOST }, agent: false, signal: AbortSignal.any([limit, signal]) },
      (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), fail);
      },
    ).on('error', fail);
  });
}

async function listWorkers({ gateway }: Target): Promise<Worker[]> {
  return ((await gateway('GET', '/workers')) as { workers: Worker[] }).workers;
}

function isUp({ state }: Worker): boolean {
  return state === 'idle' || state === 'busy';
}
