// What the pipeline asks of the lab that runs: its workers, its pages, a visit.

import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { VisitAnswer } from '../../services/visitor/api.ts';
import type { LabConfig } from '../config.ts';
import { askVisitor } from '../send.ts';
import type { Ground } from './ground.ts';

/** The site whose welcome page is looked at. */
const HOST = 'djangogirls.test';
/** A page that takes longer is not healthy, in ms. */
const PAGE_MS = 2000;
/** For all workers to serve a release, in ms: one that hangs is ended after 10 s. */
const WORKERS_MS = 45_000;
const POLL_MS = 50;

/** A worker as the gateway has it; `release` is null for the working tree. */
type Worker = { worker: string; state: string; release: string | null };

/** Has the gateway replace all workers, one after another. Throws with what it says when one does not come back. */
export async function replaceWorkers({ gateway }: Ground): Promise<number> {
  const { replaced } = (await gateway('POST', '/reload')) as { replaced: string[] };
  return replaced.length;
}

/** Waits until every worker is up and serves `release`; resolves with how many. */
export async function untilAllServe(release: string | null, ground: Ground): Promise<number> {
  const deadline = performance.now() + WORKERS_MS;
  for (;;) {
    const workers = await listWorkers(ground);
    const others = workers.filter((each) => !isUp(each) || each.release !== release);
    if (workers.length > 0 && others.length === 0) return workers.length;
    if (performance.now() > deadline) {
      const who = others.map(({ worker, state, release: has }) => `${worker} (${state}, ${has ?? 'working tree'})`);
      throw new Error(`not every worker serves ${release ?? 'the working tree'}: ${who.join(', ')}`);
    }
    await delay(POLL_MS);
  }
}

/** Whether a worker that is up serves anything but `release`. */
export async function doesAnyServeOther(release: string | null, ground: Ground): Promise<boolean> {
  return (await listWorkers(ground)).some((each) => isUp(each) && each.release !== release);
}

/** Asks for the welcome page, once for each worker; throws when one is late, is not answered well, or is of another release. */
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

/** Makes the first visit to `release`, linked to the span that `traceparent` tells; resolves with its trace. */
export async function firstVisit(release: string, traceparent: string | undefined, config: LabConfig): Promise<string> {
  const body = JSON.stringify({ url: `http://${HOST}/`, link: traceparent });
  const response = await askVisitor(config, '/visits', { method: 'POST', body });
  const { traceId, status, error, body: page } = (await response.json()) as VisitAnswer;
  if (error) throw new Error(error.message);
  if (status !== 200 || !page.includes(release))
    throw new Error(`the visitor got ${status}, not of release ${release}`);
  return traceId;
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

async function listWorkers({ gateway }: Ground): Promise<Worker[]> {
  return ((await gateway('GET', '/workers')) as { workers: Worker[] }).workers;
}

function isUp({ state }: Worker): boolean {
  return state === 'idle' || state === 'busy';
}
