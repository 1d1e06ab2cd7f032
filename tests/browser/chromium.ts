// A real Chromium for the tests of the journey page, without a window. Where there is none, its tests say so and are skipped.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Where it is, if it is anywhere. */
export const executablePath = PLACES.find((place) => existsSync(place));

/** Why there is no browser here; undefined where there is one. */
export const missing = executablePath === undefined ? `no Chromium at ${PLACES.join(', ')}` : undefined;

/** How it is started for tests. */
export const FLAGS = [
  '--headless',
  '--no-sandbox', // Chromium's sandbox does not run as root
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** When something of a page is waited for no longer, in ms: a little before its test is given up, so that the test says what was missing. */
const GIVEN_UP = 240_000;

export type Browser = {
  /** A new tab; every error that its page has is put in `errors`. */
  open: (address: string, options?: BrowserContextOptions) => Promise<Page>;
  /** What pages complained of: exceptions, errors on their console. */
  errors: string[];
  close: () => Promise<void>;
};

/** The rows of the waterfall. */
export const rowsOf = (page: Page) => page.getByRole('treegrid').getByRole('row');

/** Starts one with a new profile, when the visitor at `base` has its page: `npm start` is ready before that is built. */
export async function startBrowser(base: string): Promise<Browser> {
  while (!(await (await fetch(base)).text()).includes('id="page"')) await delay(50);
  const profile = mkdtempSync(join(tmpdir(), 'waybill-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: executablePath as string,
    args: FLAGS,
  });
  const others = browser.browser();
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];

  async function open(address: string, options?: BrowserContextOptions): Promise<Page> {
    const context = options && others ? await others.newContext(options) : browser;
    if (context !== browser) contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(GIVEN_UP);
    page.on('pageerror', ({ message }) => errors.push(`${address}: ${message}`));
    page.on('console', (message) => {
      // That a request was answered with an error is what some tests are about; the page says it in words.
      const isOfNetwork = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isOfNetwork) errors.push(`${address}: ${message.text()}`);
    });
    await page.goto(base + address);
    return page;
  }

  return {
    open,
    errors,
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
