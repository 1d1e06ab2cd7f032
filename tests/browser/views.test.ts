// The page's views in a real Chromium: requests of one's own, comparison, again × N, faults, lessons, files; by keyboard alone,
// on a phone, in forced colours, without scripts; and with malformed spans.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstLoadBytes } from '../../bench/tools/first-load.ts';
import { drawComparison } from '../../lab/cli/draw-comparison.ts';
import { sendScenario } from '../../lab/cli/send.ts';
import { readSet } from '../../lab/cli/sets.ts';
import type { Lab } from '../../lab/fixture.ts';
import { listenPrivately } from '../../runtime/net/listen.ts';
import type { TracesData } from '../../traces/model.ts';
import { compareSets } from '../../traces/statistics/comparison.ts';
import type { SampleSet } from '../../traces/statistics/sample.ts';
import { sharedLab } from '../shared-lab.ts';
import { type Browser, missing, rowsOf, startBrowser } from './chromium.ts';
import { readingTests } from './reading.ts';

const CAPTURED = join(import.meta.dirname, '../../dashboards/journey/testdata');

describe.skipIf(missing)(`in Chromium${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let lab: Lab;
  let browser: Browser;
  let traceId: string;
  beforeAll(async () => {
    lab = await sharedLab();
    browser = await startBrowser(lab.config.visitorUrl);
    const [outcome] = await sendScenario({ name: 'dynamic' }, lab.config);
    traceId = outcome?.traceId as string;
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** Sends spans to the store, as any program may; resolves with the id of their trace. */
  async function file(spans: object[], service = 'app'): Promise<string> {
    const id = randomBytes(16).toString('hex');
    const data = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
          scopeSpans: [{ scope: { name: 'waybill' }, spans: spans.map((span) => ({ traceId: id, ...span })) }],
        },
      ],
    };
    const response = await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_OTLP_PORT}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(data),
    });
    expect(response.status).toBe(200);
    return id;
  }
  const span = (number: number, parent: number | null, changes: object = {}) => ({
    spanId: number.toString(16).padStart(16, '0'),
    ...(parent !== null && { parentSpanId: parent.toString(16).padStart(16, '0') }),
    name: `step ${number}`,
    startTimeUnixNano: String(BigInt(Date.now() - 5000) * 1_000_000n + BigInt(number) * 1000n),
    endTimeUnixNano: String(BigInt(Date.now() - 5000) * 1_000_000n + BigInt(number + 2000) * 1000n),
    ...changes,
  });

  test.each([
    ['home', () => '/', '.recent-list a'],
    ['a journey', () => `/traces/${traceId}`, '[role=row]'],
  ])('the first load of %s is at most 95,000 bytes, compressed by gzip', async (_, address, shown) => {
    const page = await browser.open(address());
    await page.locator(shown).first().waitFor();
    const bytes = await firstLoadBytes(page);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThanOrEqual(95_000);
    await page.close();
  });

  test('a view whose code cannot be loaded says so, and is shown as soon as it can be', async () => {
    const page = await browser.open('/');
    await page.locator('.recent').waitFor();
    await page.route('**/assets/part-*.js', (route) => route.abort());
    await page.getByRole('link', { name: 'Faults', exact: true }).click();
    await page.getByRole('heading', { name: 'could not be loaded: the faults' }).waitFor();
    await page.unroute('**/assets/part-*.js');
    await page.getByRole('switch').first().waitFor();
    await page.close();
  });

  test('what is wrong with a trace stands above it; its other part is shown below the call that it answers', async () => {
    const http = (kind: number, path: string) => ({
      kind,
      attributes: [
        { key: 'http.request.method', value: { stringValue: 'GET' } },
        { key: 'url.path', value: { stringValue: path } },
      ],
    });
    // Made before either is sent, so that their times are near each other.
    const stock = [span(3, null, http(2, '/items'))];
    const shop = [span(1, null, http(2, '/')), span(2, 1, http(3, '/items'))];
    await file(stock, 'stock');
    const first = await file(shop, 'shop');
    const page = await browser.open(`/traces/${first}`);
    const box = page.getByRole('region', { name: 'What is wrong with this trace' });
    await expect.poll(() => box.textContent()).toContain('the context was not passed on');
    await box.getByRole('button', { name: 'Show both as one' }).click();
    await page.getByText('Not as it was recorded').waitFor();
    await rowsOf(page).filter({ hasText: 'step 3' }).waitFor();
    await page.close();
  });

  test('a request of one’s own, over TLS 1.2', async () => {
    const page = await browser.open('/');
    await page.getByLabel('Address', { exact: true }).fill('https://tatis.test/');
    await page.getByText('Options: method').click();
    await page.getByLabel('TLS (https addresses)').selectOption('1.2 only');
    await page.locator('.address-bar').getByRole('button').click();
    await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
    await page.getByLabel('Map of the journey').getByRole('button', { name: /^TLS / }).click();
    const card = page.getByRole('complementary', { name: 'The chosen stop' });
    await expect.poll(() => card.textContent()).toContain('TLS 1.2, 2 times there and back');
    await expect.poll(() => card.getByRole('table').first().textContent()).toContain('Waybill lab CA');
    await card.getByText('Your hello, byte by byte').click();
    await expect.poll(() => card.textContent()).toContain('tatis.test: readable by everyone on the path');
    await page.close();
  });

  test('a request of one’s own, to an address without its scheme', async () => {
    const page = await browser.open('/');
    await page.getByLabel('Address', { exact: true }).fill('djangogirls.test/letters/Ola/');
    await page.locator('.address-bar').getByRole('button').click();
    await page.waitForURL(/\/traces\//);
    await expect.poll(() => page.locator('.journey-code').textContent()).toContain('djangogirls.test/letters/Ola/');
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Open the answer' }).click();
    const dialog = page.getByRole('dialog', { name: /^(The answer|Your letter) / });
    await expect.poll(() => dialog.textContent()).toMatch(/to.*you.*from.*djangogirls\.test: 203\.0\.113\.20, port 80/);
    await dialog.frameLocator('iframe').getByText('Ola').first().waitFor();
    expect(await dialog.locator('iframe').getAttribute('sandbox')).toBe('');
    await dialog.getByRole('tab', { name: 'Your letter' }).click();
    await expect.poll(() => dialog.locator('.head').first().textContent()).toContain('GET /letters/Ola/ HTTP/1.1');
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await dialog.count()).toBe(0);
    await page.close();
  });

  test.each([
    [1440, 1600],
    [390, 2700],
  ])('at %d px the home page is at most %d px high, with five cards in each row', async (width, height) => {
    const page = await browser.open('/', { viewport: { width, height: 900 } });
    await page.locator('.scenario').first().waitFor();
    expect(await page.locator('.story-group > .scenarios').count()).toBe(4);
    expect(await page.locator('.story-group > .scenarios > .scenario').count()).toBe(20);
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(height);
    await page.close();
  });

  test('a new trace appears among the recent ones by itself', async () => {
    const page = await browser.open('/');
    await page.locator('.recent-list a').first().waitFor();
    const response = await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_SITE_PORT}/history/?from=elsewhere`);
    const [, id] = (response.headers.get('traceresponse') ?? '').split('-');
    await page.locator(`.recent-list a[href="/traces/${id}"]`).waitFor();
    await page.close();
  });

  test('a hidden tab holds no connection to the visitor, and catches up when it is shown', async () => {
    const page = await browser.open('/');
    const requests: string[] = [];
    page.on('requestfinished', (request) => requests.push(request.url()));
    page.on('requestfailed', (request) => requests.push(request.url()));
    await page.locator('.recent-list a').first().waitFor();
    const turn = (state: string) =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await turn('hidden');
    await expect.poll(() => requests.some((url) => url.includes('/live?'))).toBe(true);
    const [outcome] = await sendScenario({ name: 'static' }, lab.config);
    await turn('visible');
    await page.locator(`.recent-list a[href="/traces/${outcome?.traceId}"]`).waitFor();
    await page.close();
  });

  test('two journeys beside each other: common stations, and those of one side only', async () => {
    const page = await browser.open('/compare');
    await page.getByLabel('Start').selectOption('new');
    await page.getByLabel('How often').selectOption('1');
    await page.getByRole('button', { name: 'Send both' }).click();
    await page.waitForURL(/\/compare\/[0-9a-f]{32}\.\.\.[0-9a-f]{32}/);
    const stations = page.locator('table.stations');
    await stations.waitFor();
    const only = async (side: string) =>
      (await stations.locator(`tr.only-${side} .station-name`).allTextContents()).join(' ');
    expect(await only('left')).toContain('static file');
    expect(await only('right')).toContain('urlresolver');
    expect(await stations.locator('tr.both .station-name').allTextContents()).toContainEqual(
      expect.stringContaining('DNS lookup'),
    );
    expect(await page.getByLabel('Both journeys on the map').locator('.map').count()).toBe(2);
    await page.close();
  });

  test('two scenarios in turns: a verdict, and the same figures when their address is opened again', async () => {
    const page = await browser.open('/compare');
    await page.getByRole('button', { name: 'static beside dynamic' }).click();
    await page.waitForURL(/\/sets\/[0-9a-f]{8}\.\.\.[0-9a-f]{8}/);
    await page.locator('#flame-title').waitFor(); // shown when all are back
    const figures = async () => [
      await page.locator('.verdict').textContent(),
      ...(await page.locator('table.shares td').allTextContents()),
    ];
    const measured = await figures();
    expect(measured[0]).toMatch(/^(dynamic takes .* longer than static|No difference)/);
    const ids = new URL(page.url()).pathname.slice('/sets/'.length).split('...');
    const [a, b] = (await Promise.all(ids.map((id) => readSet(id, lab.config)))) as [SampleSet, SampleSet];
    expect(drawComparison(compareSets(a, b), [a, b], '').replaceAll(/\s+/g, ' ')).toContain(measured[0]); // in the terminal
    await page.reload();
    await page.locator('table.shares').waitFor();
    expect(await figures()).toEqual(measured);
    await page.close();
  });

  test('a scenario again and again: a histogram, and the slowest first', async () => {
    const page = await browser.open('/again/static');
    await page.waitForURL(/\/sets\/[0-9a-f]{8}$/);
    await page.locator('#flame-title').waitFor(); // shown when all are back
    expect(await page.locator('.slowest li').count()).toBe(20);
    await page.reload();
    await expect.poll(() => page.getByLabel('How often').inputValue()).toBe('20');
    expect(await page.locator('.histogram').count()).toBeGreaterThan(2);
    await page.close();
  });

  test('a fault set on the page breaks the lab, is seen on every view, and is repaired', async () => {
    const page = await browser.open('/faults');
    await page.getByRole('switch', { name: 'A lame delegation' }).click();
    await page.locator('.broken-note').waitFor();
    await page.getByRole('link', { name: 'Send', exact: true }).click();
    expect(await page.locator('.broken-note').textContent()).toContain('A lame delegation');
    await page.getByRole('link', { name: 'Look or repair' }).click();
    await page.getByRole('button', { name: 'Repair all' }).click();
    await page.locator('.broken-note').waitFor({ state: 'detached' });
    await page.close();
  });

  test('a site of one’s own is put behind the web server, gets a request, and is taken out', async () => {
    const site = createServer((_, response) => response.end('mine'));
    const port = await listenPrivately(site);
    const page = await browser.open('/app');
    const address = page.getByLabel('Address on this computer');
    const submit = page.getByRole('button', { name: 'Put it behind the web server' });
    await address.fill(`127.0.0.1:${lab.config.ports.WAYBILL_PAGE_PORT}`);
    await submit.click();
    await page.getByText("is the lab's own").waitFor();
    await address.fill(`127.0.0.1:${port}`);
    await submit.click();
    await page.getByText('Your site answers').waitFor();
    await page.getByRole('button', { name: 'Send http://my.test/' }).click();
    await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^your app/ })
      .waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByText('Your site answers').waitFor({ state: 'detached' });
    await page.close();
    site.close();
  });

  test('a whole lesson on a phone, by touch: the journey is in sight when it was sent, the questions are one tap away', async () => {
    await fetch(`${lab.config.visitorUrl}/lessons`, { method: 'DELETE' }); // what another file has begun
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const page = await browser.open('/lessons', phone);
    await page.getByRole('link', { name: /The phonebook \(DNS\) \(not begun\)/ }).tap();
    await page.getByRole('button', { name: 'Begin' }).tap();
    await page.getByRole('button', { name: 'Check my traces' }).tap();
    await expect.poll(() => page.locator('.verdict').textContent()).toContain('visit A is missing');
    await page.getByRole('button', { name: 'Send from here: dynamic' }).tap();
    await page.locator('.command-sent a').waitFor();
    await page.locator('.lesson-journey [role=row]').first().waitFor();
    const top = async (part: string) => (await page.locator(part).first().boundingBox())?.y ?? Number.NaN;
    await expect.poll(() => top('.lesson-journey .map')).toBeLessThan(600);
    await page.getByRole('link', { name: 'The questions' }).tap();
    await expect.poll(() => top('.question')).toBeGreaterThan(0);
    const [zone, count] = await page.locator('.question input').all();
    await zone?.fill('tatis.test.');
    await count?.fill('2');
    await page.getByRole('button', { name: 'Check my traces' }).tap();
    await page.getByRole('heading', { name: 'What you saw' }).waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.close();
  });

  test('a whole lesson by keyboard alone: the focus is never lost', async () => {
    const page = await browser.open('/lessons/what-a-trace-is');
    const focused = () =>
      page.evaluate<string>(`(({ ariaLabel, labels, textContent, tagName }) =>
        tagName + ' ' + (ariaLabel ?? labels?.[0]?.textContent ?? textContent).trim().slice(0, 60))(document.activeElement)`);
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 200 && !(await focused()).includes(name); presses++)
        await page.keyboard.press('Tab');
      expect(await focused()).toContain(name);
    };
    await page.getByRole('button', { name: 'Begin' }).waitFor();
    await tabTo('Your prediction');
    await page.keyboard.type('six');
    await tabTo('BUTTON Begin');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('H2 Do');
    await tabTo('Send from here: dynamic');
    await page.keyboard.press('Enter');
    const rows = page.locator('.lesson-journey').getByRole('row');
    await rows.nth(24).waitFor();
    expect(await focused()).toContain('Send from here: dynamic');
    const [worker = ''] = /app-\d/.exec((await rows.allTextContents()).join(' ')) ?? [];
    await tabTo('Count the spans');
    await page.keyboard.type('3');
    await tabTo('Which worker');
    await page.keyboard.type(worker);
    await tabTo('Check my traces');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What you saw' }).waitFor();
    expect(await focused()).toContain('Check my traces');
    await page.close();
  });

  test('beside a lesson stands the journey of what was sent; guess and answers outlive a reload', async () => {
    const page = await browser.open('/lessons/its-memory', { viewport: { width: 1440, height: 900 } });
    await page.getByLabel('Your prediction').fill('ten times');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('button', { name: 'Send from here: lookups' }).click();
    await page.locator('.lesson-journey [role=row]').first().waitFor();
    const [lesson, journey] = await Promise.all(
      ['.lesson', '.lesson-journey'].map((part) => page.locator(part).boundingBox()),
    );
    expect(journey?.x).toBeGreaterThan((lesson?.x ?? 0) + (lesson?.width ?? 0));
    await page.locator('.question input').first().fill('seven');
    await page.reload();
    await expect.poll(() => page.locator('.question input').first().inputValue()).toBe('seven');
    expect(await page.getByLabel('Your prediction').inputValue()).toBe('ten times');
    for (const _ of [1, 2]) {
      await page.getByRole('button', { name: 'Check my traces' }).click();
      await page.getByText('Wanted: a number').waitFor();
    }
    await page.getByRole('button', { name: 'Show me where' }).click();
    const chosen = page.locator('.lesson-journey [role=row][aria-selected=true]');
    await expect.poll(() => chosen.first().textContent()).toContain('ask');
    await page.locator('.question input').first().fill('two');
    await page.getByRole('button', { name: 'Check my traces' }).click();
    await page.getByText('Correct').waitFor();
    await page.close();
  });

  test('a lesson stays open, with what was written in it, while the lab does not answer', async () => {
    const page = await browser.open('/lessons/its-memory');
    await page.locator('.question input').first().fill('two');
    await page.route('**/lessons/**', (route) => route.abort());
    await page.getByRole('button', { name: 'A hint' }).click();
    await page.getByText('The lab does not answer').waitFor();
    expect(await page.locator('.question input').first().inputValue()).toBe('two');
    await page.unroute('**/lessons/**');
    await page.getByText('The lab does not answer').waitFor({ state: 'detached' });
    await page.close();
  });

  test('a scenario’s title and what to look for stand above its trace; a sentence is ticked when its span is chosen', async () => {
    const page = await browser.open('/');
    await page.getByRole('button', { name: 'Send keep-alive' }).click();
    const checklist = page.locator('.checklist');
    await checklist.getByRole('heading', { name: 'The same request three times' }).waitFor();
    expect(await checklist.locator('.ticked').count()).toBe(0);
    await rowsOf(page).filter({ hasText: 'DNS lookup' }).first().click();
    await checklist.locator('.ticked').filter({ hasText: 'The third has no' }).waitFor();
    await page.getByRole('navigation', { name: 'Visits of this run' }).getByRole('link').nth(2).click();
    await page.getByText('Compared with visit 2:').waitFor();
    await page.keyboard.press('End');
    await checklist.getByRole('button', { name: 'An alias (CNAME)' }).waitFor();
    await page.close();
  });

  test('a file that was exported opens again; the page in one file opens without the lab', async () => {
    const page = await browser.open(`/traces/${traceId}`);
    const exported = async (name: string) => {
      await page.locator('.menu summary').click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return download.path();
    };
    await rowsOf(page).nth(24).waitFor();
    const spans = await rowsOf(page).count();
    const [otlp, html, chrome, mermaid] = [
      await exported('OTLP JSON'),
      await exported('One HTML file'),
      await exported('Chrome trace'),
      await exported('Mermaid'),
    ];
    expect(JSON.parse(readFileSync(chrome, 'utf8')).traceEvents.length).toBeGreaterThanOrEqual(spans);
    expect(readFileSync(mermaid, 'utf8')).toMatch(/^sequenceDiagram\n/);
    await page.goto(`${lab.config.visitorUrl}/open`);
    await page.locator('input[type=file]').setInputFiles(otlp);
    await expect.poll(() => rowsOf(page).count()).toBe(spans);
    const alone = await browser.open('/healthz');
    await alone.setContent(readFileSync(html, 'utf8'));
    await expect.poll(() => rowsOf(alone).count()).toBe(spans);
    await Promise.all([page.close(), alone.close()]);
  });

  test('an unknown trace says how to find one; one that comes later fills in by itself', async () => {
    const id = randomBytes(16).toString('hex');
    const page = await browser.open(`/traces/${id}`);
    await page.getByRole('heading', { name: 'No such trace' }).waitFor();
    const captured = readFileSync(join(CAPTURED, 'static.json'), 'utf8');
    const data = JSON.parse(captured) as TracesData & { result?: TracesData };
    const old = /"traceId":\s*"([0-9a-f]{32})"/.exec(captured)?.[1] ?? '';
    await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_OTLP_PORT}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(data.result ?? data).replaceAll(old, id),
    });
    await rowsOf(page).first().waitFor();
    await page.close();
  });

  test('markup in every field is shown, not obeyed', async () => {
    const evil = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>';
    const text = { stringValue: evil };
    const id = await file(
      [
        span(1, null, {
          name: evil,
          attributes: [
            { key: evil, value: text },
            { key: 'http.request.method', value: text },
            { key: 'url.full', value: text },
          ],
          events: [{ name: evil, timeUnixNano: '1', attributes: [{ key: evil, value: text }] }],
          status: { code: 2, message: evil },
        }),
      ],
      evil,
    );
    const page = await browser.open(`/traces/${id}`);
    await rowsOf(page).first().click();
    for (const tab of ['Sequence', 'Story', 'Waterfall']) await page.getByRole('tab', { name: tab }).click();
    expect(await page.evaluate('[window.hurt ?? null, document.images.length]')).toEqual([null, 0]);
    expect(await page.locator('main').textContent()).toContain('<img src=x');
    await page.close();
  });

  test('no root, orphans, one id twice, spans without times: every span has its row', async () => {
    const id = await file([
      span(2, 99),
      span(3, 2),
      span(3, 2, { name: 'twin' }),
      span(4, 4),
      span(5, 3, { startTimeUnixNano: '0', endTimeUnixNano: '0' }),
    ]);
    const page = await browser.open(`/traces/${id}`);
    await expect.poll(() => rowsOf(page).count()).toBe(5);
    await page.close();
  });

  test('of 10,000 spans only those that are seen are drawn', async () => {
    const spans = Array.from({ length: 10_000 }, (_, index) =>
      span(index + 1, index === 0 ? null : Math.ceil(index / 3)),
    );
    const id = await file(spans.slice(0, 5000));
    // The rest in a second export, of the same trace.
    await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_OTLP_PORT}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: [
          {
            resource: {},
            scopeSpans: [{ scope: {}, spans: spans.slice(5000).map((each) => ({ traceId: id, ...each })) }],
          },
        ],
      }),
    });
    const page = await browser.open(`/traces/${id}`);
    await expect.poll(() => page.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('10000');
    expect(await rowsOf(page).count()).toBeLessThan(200);
    await page.getByRole('treegrid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.locator('[role=row][aria-rowindex="10000"]').waitFor();
    await page.close();
  });

  test('long names and text from right to left do not push anything out of the page', async () => {
    const long = `${'very'.repeat(200)} ${'كلمة طويلة '.repeat(40)}`;
    const id = await file(
      [span(1, null, { name: long, attributes: [{ key: long, value: { stringValue: long } }] })],
      long,
    );
    const page = await browser.open(`/traces/${id}`, { viewport: { width: 360, height: 740 } });
    await rowsOf(page).first().click();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.close();
  });

  const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  test('by keyboard alone: send a request, replay it, walk the waterfall, open and close a card, read the keys', async () => {
    const page = await browser.open('/');
    await page.getByRole('button', { name: 'Send static' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    const focused = () => page.evaluate<string | null>('document.activeElement.ariaLabel');
    for (let presses = 0; presses < 120 && (await focused()) !== 'Send static'; presses++)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe('Send static');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/traces\//);
    await page.getByRole('treegrid').waitFor();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.words').textContent()).toContain('200');
    await rowsOf(page).first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const card = page.getByRole('complementary', { name: 'The chosen stop' });
    await expect.poll(() => card.locator('h2').textContent()).toContain('DNS lookup');
    await page.keyboard.press('Escape');
    await expect.poll(() => card.locator('h2').count()).toBe(0);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    await page.locator('.panel .story').waitFor();
    await page.close();
  });

  readingTests({ open: (address, options) => browser.open(address, options), traceId: () => traceId });

  test('forced colours leave bars, swatches, switches and the chosen tab to be seen', async () => {
    const page = await browser.open(`/traces/${traceId}`, { forcedColors: 'active' });
    await page.getByRole('button', { name: 'Show me' }).click();
    const colours = (selector: string, property: string) =>
      page.evaluate<string[]>(
        `[...new Set([...document.querySelectorAll('${selector}')].map((each) => getComputedStyle(each).${property}))]`,
      );
    expect((await colours('.where-part', 'backgroundColor')).length).toBeGreaterThan(4);
    expect((await colours('.where-legend .swatch', 'backgroundColor')).length).toBeGreaterThan(4);
    expect((await colours('.bar', 'backgroundColor')).length).toBeGreaterThan(4);
    expect((await colours('[role=tab]', 'borderBottomColor')).length).toBe(2);
    await page.goto(`${lab.config.visitorUrl}/faults`);
    const fault = page.getByRole('switch', { name: 'A lame delegation' });
    await fault.waitFor();
    expect((await colours('[role=switch]', 'backgroundColor')).length).toBe(1);
    await fault.click();
    await expect.poll(() => colours('[role=switch]', 'backgroundColor')).toHaveLength(2);
    await page.getByRole('button', { name: 'Repair all' }).click();
    await page.close();
  });

  test('the trace of a browser’s own request explains why it has no DNS lookup, and offers to send it through the visitor', async () => {
    const response = await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_SITE_PORT}/history/`);
    const [, id] = (response.headers.get('traceresponse') ?? '').split('-');
    const page = await browser.open(`/traces/${id}`);
    await page.locator('.foreign').getByRole('button').click();
    await page.waitForURL((url) => url.pathname.startsWith('/traces/') && !url.pathname.includes(id ?? ''));
    await page.close();
  });

  test('without scripts the waterfall is there as HTML', async () => {
    const page = await browser.open(`/traces/${traceId}`, { javaScriptEnabled: false });
    expect(await page.locator('details').count()).toBe(25);
    await page.close();
  });

  test('nothing but the lab’s own files is let in', async () => {
    const response = await fetch(`${lab.config.visitorUrl}/traces/${traceId}`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('no page complained of anything', () => {
    expect(browser.errors).toEqual([]);
  });

  test('when the lab does not answer the page shows it, and recovers alone', async () => {
    const page = await browser.open(`/traces/${traceId}`);
    await rowsOf(page).first().waitFor();
    await page.route('**/scenarios', (route) => route.abort());
    await page.goto(`${lab.config.visitorUrl}/`);
    expect(await page.getByRole('alert').first().textContent()).toContain('The lab does not answer');
    await page.unroute('**/scenarios');
    await page.getByRole('button', { name: 'Send static' }).waitFor();
    await page.close();
  });
});
