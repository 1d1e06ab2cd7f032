// The site that `npm run demo` writes, in a real Chromium, from a plain server of files and below a path. Here it has three scenarios.

import { createReadStream, existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../dashboards/journey/build.ts';
import { recordedId, recordLab } from '../../lab/demo/record.ts';
import { writeSite } from '../../lab/demo/site.ts';
import { listenPrivately } from '../../runtime/net/listen.ts';
import { sharedLab } from '../shared-lab.ts';
import { type Browser, missing, rowsOf, startBrowser } from './chromium.ts';
import { readingTests } from './reading.ts';

const SCENARIOS = ['static', 'dynamic', 'keep-alive'].map((name) => ({ name }));
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const PATH = '/some/folder/';
const CAPTURED = join(import.meta.dirname, '../../dashboards/journey/testdata/static.json');

describe.skipIf(missing)(`the demo in Chromium${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'waybill-demo-')), 'site');
  /** What was requested, and is not a file of the site. */
  const lost: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const file = join(folder, url === PATH ? 'index.html' : url.slice(PATH.length));
    if (url === '/trace.json') response.setHeader('access-control-allow-origin', '*').end(readFileSync(CAPTURED));
    else if (url.startsWith(PATH) && existsSync(file) && statSync(file).isFile()) {
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      createReadStream(file).pipe(response);
    } else {
      if (url !== '/favicon.ico') lost.push(url);
      response.writeHead(404).end();
    }
  });
  let origin: string;
  let browser: Browser;
  const dynamic = recordedId('dynamic 1');

  beforeAll(async () => {
    const { config } = await sharedLab();
    writeSite(folder, await buildPage(config.home), await recordLab(config, SCENARIOS));
    origin = `http://127.0.0.1:${await listenPrivately(server)}`;
    browser = await startBrowser(`${origin}${PATH}#`);
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  readingTests({ open: (address, options) => browser.open(address, options), traceId: () => dynamic });

  test('at most 150 kB are loaded before the first journey is shown, compressed as Pages does', async () => {
    const page = await browser.open('/');
    await page.getByRole('button', { name: 'Show dynamic' }).click();
    await rowsOf(page).first().waitFor();
    const loaded = await page.evaluate<string[]>(`performance.getEntriesByType('resource').map(({ name }) => name)`);
    const sizes = loaded.map(
      (name) => gzipSync(readFileSync(join(folder, new URL(name).pathname.slice(PATH.length)))).length,
    );
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(150_000);
    await page.close();
  });

  test('a run of several visits, and two journeys beside each other', async () => {
    const page = await browser.open('/');
    await page.getByRole('button', { name: 'Show keep-alive' }).click();
    await page.getByRole('navigation', { name: 'Visits of this run' }).getByRole('link').nth(2).click();
    await page.getByText('Compared with visit 2:').waitFor();
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.getByRole('button', { name: 'cold beside warm' }).click();
    await page.locator('table.stations tr.only-left').filter({ hasText: 'ask' }).first().waitFor();
    await page.close();
  });

  test('every link to a view can be opened in a tab of its own', async () => {
    const page = await browser.open('/');
    const href = await page.locator('.recent-list a').first().getAttribute('href');
    expect(href).toMatch(/^#\/traces\/[0-9a-f]{32}$/);
    await page.goto(`${origin}${PATH}${href}`);
    await page.reload();
    await rowsOf(page).first().waitFor();
    await page.goBack();
    await page.locator('.scenario').first().waitFor();
    await page.close();
  });

  test('a lesson is read whole, and sends what was recorded', async () => {
    const page = await browser.open('/lessons/the-phonebook');
    await page.getByRole('heading', { name: 'What you saw' }).waitFor();
    await page.getByRole('button', { name: 'Send from here: dynamic' }).click();
    await page.locator('.lesson-journey [role=row]').first().waitFor();
    await page.close();
  });

  test.each([
    ['a check', '/lessons/the-phonebook', 'Check my traces'],
    ['a request of one’s own', '/', 'Send'],
    ['many requests', '/again/static', null],
    ['faults', '/faults', null],
    ['an app of one’s own', '/app', null],
  ])('%s needs a lab, and the page says how to start one', async (_, address, button) => {
    const page = await browser.open(address);
    if (button) await page.getByRole('button', { name: button, exact: true }).click();
    await page.locator('main').getByText('npx waybill').first().waitFor();
    await page.close();
  });

  test.each([
    ['as it is', (address: string) => address],
    ['encoded', encodeURIComponent],
  ])('#trace=URL, %s, opens a trace of the web', async (_, write) => {
    const page = await browser.open('/open');
    await page.goto(`${origin}${PATH}#trace=${write(`${origin}/trace.json`)}`);
    await rowsOf(page).first().waitFor();
    await page.close();
  });

  test('an address without a trace is refused in a sentence', async () => {
    const page = await browser.open('/open');
    for (const [address, says] of [
      [`${origin}${PATH}`, 'cannot be read'],
      ['file:///etc/passwd', 'is not an address of the web'],
    ]) {
      await page.goto(`${origin}${PATH}#trace=${address}`);
      await expect.poll(() => page.getByRole('alert').textContent()).toContain(says);
    }
    await page.close();
  });

  test('nothing was requested that is not in the folder, and no page complained', () => {
    expect([lost, browser.errors]).toEqual([[], []]);
  });
});
