// Every view of the page in a real Chromium: for screen readers (axe, light and dark), from narrow to wide, and on a projector.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace, sendScenario } from '../../lab/cli/send.ts';
import { type Lab, startLab } from '../../lab/fixture.ts';
import { type Browser, missing, startBrowser } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = [
  '/',
  '/traces/ID',
  '/traces/ID?span=SPAN',
  `/traces/${'ab'.repeat(16)}`, // no such trace
  '/traces/ID?view=sequence',
  '/traces/ID?view=story',
  '/compare/ID...ID',
  '/compare',
  '/compare/ID...',
  '/again/static',
  '/faults',
  '/lessons',
  '/lessons/1',
  '/lessons/2?trace=ID',
  '/app',
  '/class',
  '/open',
];

describe.skipIf(missing)(`in Chromium${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let lab: Lab;
  let browser: Browser;
  let traceId: string;
  let spanId: string;
  beforeAll(async () => {
    lab = await startLab();
    browser = await startBrowser(lab.config.visitorUrl);
    const [outcome] = await sendScenario({ name: 'dynamic' }, lab.config);
    traceId = outcome?.traceId as string;
    const { spans } = await readTrace(traceId, lab.config);
    spanId = spans.find(({ name }) => name === 'ask .')?.spanId as string; // its card has all parts
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const addressOf = (view: string) => view.replaceAll('ID', traceId).replace('SPAN', spanId);
  const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  describe.each(VIEWS)('%s', (view) => {
    test.each(['light', 'dark'] as const)('axe finds nothing serious, in %s', async (colorScheme) => {
      const options = { colorScheme, bypassCSP: true, reducedMotion: 'reduce' } as const;
      const page = await browser.open(addressOf(view), options);
      await page.locator('h1').first().waitFor();
      await page.locator('.waiting').waitFor({ state: 'detached' });
      await page.evaluate(AXE);
      const serious = await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes[0].html))`);
      expect(serious).toEqual([]);
      await page.close();
    });

    test('fits the screen, from 320 to 2560 px', async () => {
      const page = await browser.open(addressOf(view));
      await page.locator('h1').first().waitFor();
      await page.locator('.waiting').waitFor({ state: 'detached' });
      const wide: number[] = [];
      for (const width of [320, 360, 390, 720, 768, 1024, 1440, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        if ((await overflow(page)) > 0) wide.push(width);
      }
      expect(wide).toEqual([]);
      await page.close();
    });
  });

  test('for a projector (?big) no text is smaller than 20 px, on every view of the tab', async () => {
    const page = await browser.open('/?big', { viewport: { width: 2560, height: 1300 } });
    await page.locator('.scenario').first().waitFor();
    await page.getByRole('link', { name: 'Learn' }).click();
    await page.locator('.lesson-row').first().waitFor();
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
      .filter((element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()))
      .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 20)
      .map(({ outerHTML }) => outerHTML.slice(0, 80))`);
    expect(small).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.close();
  });

  test('no page complained of anything', () => {
    expect(browser.errors).toEqual([]);
  });
});
