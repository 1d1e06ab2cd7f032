// The journey page in a real Chromium: what it weighs, how soon it shows, how long a large trace takes to be drawn, whether the replay
// is smooth, how soon a new trace is seen, and what serving it costs the visitor.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { sendScenario } from '../lab/cli/send.ts';
import type { LabConfig } from '../lab/config.ts';
import { type Browser, missing, startBrowser } from '../tests/browser/chromium.ts';
import { firstLoadBytes } from '../tests/browser/first-load.ts';
import { type Lab, startLab } from '../tests/lab.ts';
import { median } from '../traces/median.ts';

const ROUNDS = 7;
const SPANS = 1000;
const PLAYED_MS = 4000;
/** Letters sent before anything is measured, as the visitor sent them before it had a page. */
const WARM = 20;

/** Prints each figure beside its goal. */
export async function main(): Promise<void> {
  if (missing) throw new Error(missing);
  const lab = await startLab();
  const browser = await startBrowser(lab.config.visitorUrl);
  try {
    for (let round = 0; round < WARM; round++) await sendScenario({ name: 'dynamic' }, lab.config);
    const before = visitorMegabytes(lab);
    print('first load of /, script and style, gzip', await firstLoad(browser, '/', '.recent'), 'kB', 95);
    print('first contentful paint of /', await repeated(() => firstPaint(browser)), 'ms', 300);
    const large = await fileTrace(lab.config);
    print(
      `a trace of ${SPANS} spans, from its bytes to drawn rows`,
      await repeated(() => drawn(browser, large)),
      'ms',
      150,
    );
    const [outcome] = await sendScenario({ name: 'dynamic' }, lab.config);
    print('first load of a journey', await firstLoad(browser, `/traces/${outcome?.traceId}`, '[role=row]'), 'kB', 95);
    print(
      'frames a second while the dynamic journey is replayed',
      await framesPerSecond(browser, outcome?.traceId),
      '',
      60,
    );
    print('from an answer to its trace among the recent ones', await seen(browser, lab.config), 'ms', 500);
    print("the visitor's memory, more than before the first page", visitorMegabytes(lab) - before, 'MB', 10);
  } finally {
    await browser.close();
    await lab.stop();
  }
}

function print(what: string, value: number, unit: string, goal: number): void {
  const digits = value < 10 ? 1 : 0;
  console.log(`${what.padEnd(56)} ${value.toFixed(digits).padStart(6)} ${unit.padEnd(2)}  (goal ${goal})`);
}

async function repeated(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await measure());
  return median(values);
}

/** In kB, once `shown` is there. */
async function firstLoad(browser: Browser, address: string, shown: string): Promise<number> {
  const page = await browser.open(address);
  await page.locator(shown).first().waitFor();
  const bytes = await firstLoadBytes(page);
  await page.close();
  return bytes / 1000;
}

async function firstPaint(browser: Browser): Promise<number> {
  const page = await browser.open('/');
  const ms = await until(page, 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime');
  await page.close();
  return ms;
}

/** What `expression` is in the page, as soon as it is something. */
function until<T = number>(page: Page, expression: string): Promise<T> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () => ${expression} ? resolve(${expression}) : requestAnimationFrame(look);
    look();
  })`);
}

/** From the last byte of the trace to the frame in which its rows are drawn. */
async function drawn(browser: Browser, traceId: string): Promise<number> {
  const page = await browser.open('/healthz');
  await page.addInitScript(`new MutationObserver((_, observer) => {
    if (!document.querySelector('[role=row]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true })`);
  await page.goto(`${new URL(page.url()).origin}/traces/${traceId}`);
  const drawnAt = await until(page, 'window.drawnAt');
  const answered = await until(
    page,
    `performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.json'))?.responseEnd`,
  );
  await page.close();
  return drawnAt - answered;
}

async function framesPerSecond(browser: Browser, traceId = ''): Promise<number> {
  const page = await browser.open(`/traces/${traceId}`);
  await page.getByRole('button', { name: 'Play' }).click();
  const frames = await page.evaluate<number>(`new Promise((resolve) => {
    let [frames, began] = [0, performance.now()];
    requestAnimationFrame(function count(now) {
      frames++;
      if (now - began < ${PLAYED_MS}) requestAnimationFrame(count);
      else resolve(frames / ((now - began) / 1000));
    });
  })`);
  await page.close();
  return frames;
}

/** From the answer to a browser's own request until its trace stands among the recent ones of a page that is open. */
async function seen(browser: Browser, { siteUrl }: LabConfig): Promise<number> {
  const page = await browser.open('/');
  await page.locator('.recent-list a').first().waitFor();
  const ms = await repeated(async () => {
    const response = await fetch(`${siteUrl}/history/`);
    await response.text();
    const answered = performance.now();
    const [, id] = (response.headers.get('traceresponse') ?? '').split('-');
    await until<boolean>(page, `document.querySelector('.recent-list a[href="/traces/${id}"]')?.isConnected`);
    return performance.now() - answered;
  });
  await page.close();
  return ms;
}

async function fileTrace({ ports }: LabConfig): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const start = BigInt(Date.now() - 5000) * 1_000_000n;
  const idOf = (number: number) => number.toString(16).padStart(16, '0');
  const spans = Array.from({ length: SPANS }, (_, index) => ({
    traceId,
    spanId: idOf(index + 1),
    ...(index > 0 && { parentSpanId: idOf(Math.ceil(index / 4)) }),
    name: `step ${index}`,
    startTimeUnixNano: String(start + BigInt(index) * 100_000n),
    endTimeUnixNano: String(start + BigInt(index) * 100_000n + 3_000_000n),
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] };
  const response = await fetch(`http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] }),
  });
  if (!response.ok) throw new Error(`the store answered ${response.status}`);
  return traceId;
}

/** What the visitor's process has of memory, each shared page counted in part (Pss). */
function visitorMegabytes({ pidOf }: Lab): number {
  const [, kibibytes] = /^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pidOf('visitor')}/smaps_rollup`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
