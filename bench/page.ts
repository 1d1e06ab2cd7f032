// The journey page in Debian's Chromium: its size, when it shows, how long a large trace takes to be drawn, whether the replay is
// smooth, how soon a new trace is listed, and what serving it costs the visitor.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { LabError } from '../lab/cli/command.ts';
import { sendScenario } from '../lab/cli/send.ts';
import type { LabConfig } from '../lab/config.ts';
import { startLab } from '../lab/fixture.ts';
import { megabytes } from '../runtime/platform/usage.ts';
import { median } from '../traces/statistics/median.ts';
import { firstLoadBytes } from './tools/first-load.ts';
import { printFigure } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const CHROMIUM = '/usr/bin/chromium';
const SPANS = 1000;
const PLAYED_MS = 4000;
/** Requests sent before anything is measured: the visitor compiles code. */
const WARM_UP = 20;

/** Prints each figure beside its goal. */
export async function main({ rounds }: Effort): Promise<void> {
  if (!existsSync(CHROMIUM)) throw new LabError('This bench needs Chromium: apt-get install chromium');
  const repeated = async (measure: () => Promise<number>): Promise<number> => {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) values.push(await measure());
    return median(values);
  };
  const lab = await startLab();
  const { config } = lab;
  while (!(await (await fetch(config.visitorUrl)).text()).includes('id="page"')) await delay(50); // it is being built
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (let count = 0; count < WARM_UP; count++) await sendScenario({ name: 'dynamic' }, config);
    const visitor = () => megabytes(lab.pidOf('visitor'));
    const before = visitor();
    printFigure('first load of /, script and style, gzip', await firstLoad(browser, config, '/', '.recent'), 'kB', 95);
    printFigure('first contentful paint of /', await repeated(() => firstPaint(browser, config)), 'ms', 300);
    const large = await storeTrace(config);
    printFigure(
      `a trace of ${SPANS} spans, from its bytes to drawn rows`,
      await repeated(() => drawn(browser, config, large)),
      'ms',
      150,
    );
    const [outcome] = await sendScenario({ name: 'dynamic' }, config);
    const path = `/traces/${outcome?.traceId}`;
    printFigure('first load of a journey', await firstLoad(browser, config, path, '[role=row]'), 'kB', 95);
    const frames = await framesPerSecond(browser, config, path);
    printFigure('frames a second while the dynamic journey is replayed', frames, '', 60);
    printFigure('from a response to its trace in the list', await listed(browser, config, repeated), 'ms', 500);
    printFigure("the visitor's memory, more than before the first page", visitor() - before, 'MB', 10);
  } finally {
    await browser.close();
    await lab.stop();
  }
}

/** In kB, once `shown` is there. */
async function firstLoad(browser: Browser, config: LabConfig, path: string, shown: string): Promise<number> {
  const page = await open(browser, config, path);
  await page.locator(shown).first().waitFor();
  const bytes = await firstLoadBytes(page);
  await page.close();
  return bytes / 1000;
}

async function open(browser: Browser, { visitorUrl }: LabConfig, path: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(visitorUrl + path);
  return page;
}

async function firstPaint(browser: Browser, config: LabConfig): Promise<number> {
  const page = await open(browser, config, '/');
  const ms = await until(page, 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime');
  await page.close();
  return ms;
}

/** The value of `expression` in the page, as soon as it has one. */
function until<T = number>(page: Page, expression: string): Promise<T> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () => ${expression} ? resolve(${expression}) : requestAnimationFrame(look);
    look();
  })`);
}

/** From the last byte of the trace to the frame in which its rows are drawn. */
async function drawn(browser: Browser, config: LabConfig, traceId: string): Promise<number> {
  const page = await browser.newPage();
  await page.addInitScript(`new MutationObserver((_, observer) => {
    if (!document.querySelector('[role=row]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true })`);
  await page.goto(`${config.visitorUrl}/traces/${traceId}`);
  const drawnAt = await until(page, 'window.drawnAt');
  const received = await until(
    page,
    `performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.json'))?.responseEnd`,
  );
  await page.close();
  return drawnAt - received;
}

async function framesPerSecond(browser: Browser, config: LabConfig, path: string): Promise<number> {
  const page = await open(browser, config, path);
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

/** From the response to a request of another client until its trace is in the list of an open page. */
async function listed(
  browser: Browser,
  config: LabConfig,
  repeated: (measure: () => Promise<number>) => Promise<number>,
): Promise<number> {
  const page = await open(browser, config, '/');
  await page.locator('.recent-list a').first().waitFor();
  const ms = await repeated(async () => {
    const response = await fetch(`${config.siteUrl}/history/`);
    await response.text();
    const answered = performance.now();
    const [, id] = (response.headers.get('traceresponse') ?? '').split('-');
    await until<boolean>(page, `document.querySelector('.recent-list a[href="/traces/${id}"]')?.isConnected`);
    return performance.now() - answered;
  });
  await page.close();
  return ms;
}

/** Sends a trace of SPANS spans to the store; resolves with its id. */
async function storeTrace({ ports }: LabConfig): Promise<string> {
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
