// Every scenario, sent from the page with a click: its journey, stations, rows, words and card are those of its trace.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace } from '../../lab/cli/send.ts';
import { type Lab, startLab } from '../../lab/fixture.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import { storyOf } from '../../traces/story.ts';
import { type Browser, missing, startBrowser } from './chromium.ts';

describe.skipIf(missing)(`in Chromium${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let lab: Lab;
  let browser: Browser;
  beforeAll(async () => {
    lab = await startLab();
    browser = await startBrowser(lab.config.visitorUrl);
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  test.each(scenarios)('$name', async ({ name, visits }) => {
    const page = await browser.open('/', { reducedMotion: 'reduce' }); // connections of its own, which a page that is left open would use up
    await page.locator('.scenario').first().waitFor();
    for (const more of await page
      .locator('details summary')
      .filter({ hasText: /\d+ more/ })
      .all())
      await more.click();
    await page.getByRole('button', { name: `Send ${name}`, exact: true }).click();
    await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
    const ids = new URL(page.url()).searchParams.get('run')?.split(',') ?? [
      page.url().match(/[0-9a-f]{32}/)?.[0] ?? '',
    ];
    const traces = visits.flatMap((visit) => (visit.task ? [visit, visit.task] : [visit]));
    expect(ids).toHaveLength(traces.length);

    const last = ids[traces.findLastIndex((each) => 'url' in each)] as string;
    if (ids.length > 1)
      await page
        .getByRole('navigation', { name: 'Visits of this run' })
        .getByRole('link')
        .nth(ids.indexOf(last))
        .click();
    await page.waitForURL(new RegExp(last));
    const { spans } = await readTrace(last, lab.config);

    await page.getByRole('tab', { name: 'Waterfall' }).click(); // a page load begins with its requests
    const tree = page.getByRole('treegrid');
    const rows = tree.getByRole('row');
    await expect.poll(() => tree.getAttribute('aria-rowcount')).toBe(String(spans.length));
    const { status = null } = visits.at(-1) ?? {};
    const { host, pathname } = new URL(visits.at(-1)?.url ?? '');
    const asked = page.locator('.journey-code');
    expect(await asked.textContent()).toContain(`${host}${pathname}`);
    if (status !== null) expect(await asked.textContent()).toContain(String(status));

    const services = [...new Set(spans.map(({ service }) => service))];
    const onMap: Record<string, string> = {
      visitor: 'you',
      dns: 'phonebook',
      proxy: spans.some(({ service, name }) => service === 'proxy' && name !== 'TLS handshake') ? 'web server' : 'TLS',
      gateway: 'app server',
    };
    const isPageLoad = spans.some(({ name }) => name === 'page load'); // its map is that of the request that is chosen
    for (const service of isPageLoad ? [] : services.filter((each) => each in onMap)) {
      const station = page
        .getByLabel('Map of the journey')
        .getByRole('button', { name: new RegExp(`^${onMap[service]} `) });
      await expect.poll(() => station.getAttribute('class')).toMatch(/ visited/);
    }

    await page.getByRole('tab', { name: 'Story' }).click();
    const sentences = storyOf(spans);
    await expect.poll(() => page.locator('.panel .story li').count()).toBe(sentences.length);
    const [firstWords = ''] = sentences[0]?.text.split(/[.`]/) ?? []; // further on, the glossary stands between the words
    expect(await page.locator('.panel .story').textContent()).toContain(firstWords);

    await page.getByRole('tab', { name: 'Waterfall' }).click();
    await rows.last().click();
    const card = page.getByRole('complementary', { name: 'The chosen stop' });
    await expect.poll(() => card.getByRole('heading', { level: 2 }).count()).toBe(1);
    await page.waitForURL(({ searchParams }) => /^[0-9a-f]{16}/.test(searchParams.get('span') ?? ''));
    await page.close();
  });

  test('no page complained of anything', () => {
    expect(browser.errors).toEqual([]);
  });
});
