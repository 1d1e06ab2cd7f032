// What a reader does with a journey in a real Chromium, sending nothing: on the lab's page, and on the one over recordings.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { rowsOf } from './chromium.ts';

type Reading = {
  /** Opens an address of the page in a new tab. */
  open: (address: string, options?: BrowserContextOptions) => Promise<Page>;
  /** The trace of the scenario `dynamic`. */
  traceId: () => string;
};

/** The tests, for the page that `open` opens. */
export function readingTests({ open, traceId }: Reading): void {
  test('choosing a stop anywhere chooses it everywhere, and its card shows words, attributes and bytes', async () => {
    const page = await open(`/traces/${traceId()}`);
    const card = page.getByRole('complementary', { name: 'The chosen stop' });
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^root / })
      .click();
    await expect.poll(() => card.locator('h2').textContent()).toMatch(/ask \.|\. answers/);
    expect(await rowsOf(page).and(page.locator('[aria-selected="true"]')).count()).toBe(1);
    expect(await card.locator('.attributes dt').count()).toBeGreaterThan(2);
    await card.getByText('The question, byte by byte').click();
    await card.locator('table.wire').first().waitFor();
    expect(await card.locator('table.wire').first().textContent()).toContain('tatis.test');
    await page.getByRole('tab', { name: 'Story' }).click();
    expect(await page.locator('.panel .story li.chosen').count()).toBeGreaterThan(0);
    await page.close();
  });

  test('the replay moves the envelope, and ends where the journey does', async () => {
    const page = await open(`/traces/${traceId()}`);
    const envelope = page.locator('.map .envelope');
    const before = await envelope.getAttribute('transform');
    await page.getByLabel('Speed').selectOption({ index: 3 });
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => envelope.getAttribute('transform')).not.toBe(before);
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.words').textContent()).toMatch(/200/);
    await page.close();
  });

  test('the address of a journey names the moment at which the replay stands still', async () => {
    const page = await open(`/traces/${traceId()}`);
    const moment = () => /[?&]t=([\d.]+)/.exec(page.url())?.[1];
    await page.getByRole('button', { name: 'Step on' }).click();
    await expect.poll(moment).toBeDefined();
    const first = moment();
    await page.getByRole('button', { name: 'Step on' }).click();
    await expect.poll(moment).not.toBe(first);
    const words = await page.locator('.words').textContent();
    const other = await open('/');
    await other.goto(page.url());
    await expect.poll(() => other.locator('.words').textContent()).toBe(words);
    await other.close();
    await page.close();
  });

  test('Tab goes through every visited stop of the map, and Enter opens its card', async () => {
    const page = await open(`/traces/${traceId()}`);
    const map = page.getByLabel('Map of the journey');
    await map.locator('.place.visited').first().waitFor();
    const visited = await map.locator('.place.visited').count();
    const focused = new Set<string>();
    const current = () => page.evaluate<string>(`document.activeElement.closest('.place')?.ariaLabel ?? ''`);
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const stop = await current();
      if (stop !== '') focused.add(stop);
    }
    expect(focused.size).toBe(visited);
    await map.getByRole('button', { name: /^rules / }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#card h2').textContent()).toBe('location');
    await page.close();
  });

  test('Tab goes through the messages of the sequence, whose routers and name servers unfold', async () => {
    const page = await open(`/traces/${traceId()}?view=sequence`);
    const messages = page.locator('.message');
    const before = await messages.count();
    await page.getByRole('button', { name: 'each of the routers' }).click();
    await expect.poll(() => messages.count()).toBeGreaterThan(before);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement.matches('.message')`)).toBe(true);
    await page.close();
  });

  test.each([
    ['wide', 1440],
    ['narrow', 768],
  ])('the folded sequence fits a %s screen', async (_, width) => {
    const page = await open(`/traces/${traceId()}?view=sequence`, { viewport: { width, height: 900 } });
    const fits = await page.locator('.sequence').evaluate((box) => box.scrollWidth <= box.clientWidth);
    expect(fits).toBe(true);
    await page.close();
  });

  test.each([641, 720, 1000])('at %d px the headline of a journey has room', async (width) => {
    const page = await open(`/traces/${traceId()}`, { viewport: { width, height: 900 } });
    expect((await page.locator('.journey-head h1').boundingBox())?.width).toBeGreaterThan(300);
    await page.close();
  });

  test('on a phone the first step leaves the map free, and an open card leaves the player free', async () => {
    const page = await open(`/traces/${traceId()}`, { viewport: { width: 390, height: 844 } });
    await page.getByRole('button', { name: 'Step on' }).click();
    expect(await page.locator('#card').count()).toBe(0);
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^phonebook / })
      .click();
    const card = await page.locator('#card').boundingBox();
    const player = await page.locator('.player').boundingBox();
    expect((player?.y ?? 0) + (player?.height ?? 0)).toBeLessThanOrEqual((card?.y ?? 0) + 1);
    await page.close();
  });

  test('the story runs beside the map; the envelope turns round and takes the colour of the status', async () => {
    const page = await open(`/traces/${traceId()}`);
    const story = page.getByRole('complementary', { name: 'The story' });
    await page.getByRole('button', { name: 'Step on' }).click();
    await expect.poll(() => story.locator('li.current').textContent()).toContain('You write a letter');
    expect(await page.locator('.envelope .envelope-stamp').count()).toBe(1);
    await page.keyboard.press('End');
    await expect.poll(() => story.locator('li.current').textContent()).toContain('Your website has arrived');
    expect(await page.locator('.envelope.good .envelope-stamp').count()).toBe(0);
    await page.close();
  });

  test('where the time went is shown after a guess', async () => {
    const page = await open(`/traces/${traceId()}`);
    await page.locator('.guesses button').first().click();
    await expect.poll(() => page.locator('.where-says').textContent()).toMatch(/took longest|:/);
    expect(await page.locator('.where-part').count()).toBeGreaterThan(4);
    await page.close();
  });

  test('magnified, the shortest span is wide enough to be seen', async () => {
    const page = await open(`/traces/${traceId()}`);
    const narrowest = () =>
      page.locator('.bar').evaluateAll((bars) => Math.min(...bars.map((bar) => bar.getBoundingClientRect().width)));
    await page.getByRole('button', { name: 'magnify short spans' }).click();
    await expect.poll(narrowest).toBeGreaterThan(4);
    await page.close();
  });

  test('what has the focus is seen', async () => {
    const page = await open(`/traces/${traceId()}`);
    await page.getByRole('treegrid').waitFor();
    const unseen: string[] = [];
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate<string>(`(() => {
        const { activeElement: element } = document;
        if (element === document.body) return '';
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const isSeen = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        return isSeen ? '' : element.outerHTML.slice(0, 120);
      })()`);
      if (found) unseen.push(found);
    }
    expect(unseen).toEqual([]);
    await page.close();
  });

  test('with reduced motion the envelope stands where it arrives, not on its way', async () => {
    const page = await open(`/traces/${traceId()}`, { reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Step on' }).click();
    const running = await page.evaluate<number>(
      `document.getAnimations().filter(({ playState }) => playState === 'running').length`,
    );
    expect(running).toBe(0);
    await page.close();
  });

  test.each([
    ['no JSON', 'not { json', 'not JSON'],
    ['other JSON', '{"a":1}', 'not of OpenTelemetry'],
    ['no span', '{"resourceSpans":[]}', 'has no span in it'],
  ])('a file with %s is refused in a sentence', async (_, content, says) => {
    const page = await open('/open');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(content) });
    expect(await page.getByRole('alert').textContent()).toContain(says);
    await page.close();
  });
}
