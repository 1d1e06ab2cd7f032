// npm run pictures: takes the pictures of README, docs and lessons from the real page, with a lab of its own, in a real
// Chromium. With words, those alone whose file has one of them: `npm run pictures lessons/10 compare`.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { sendScenario } from '../../lab/cli/send.ts';
import type { DeployResult } from '../../lab/deploy/developer.ts';
import { startLab } from '../../lab/fixture.ts';
import { missing, startBrowser } from './chromium.ts';
import { lessonPictures } from './lesson-pictures.ts';

const FOLDER = join(import.meta.dirname, '../../docs/pictures');
const SCREEN = { viewport: { width: 1440, height: 900 } };
const LESSON_SCREEN = { viewport: { width: 1200, height: 1000 } };
/** To the middle of the replay, in steps: the request is then at the web server. */
const STEPS = 15;

if (missing) {
  console.error(`Pictures need a browser: ${missing}. apt-get install chromium`);
  process.exit(1);
}

const lab = await startLab();
const browser = await startBrowser(lab.config.visitorUrl);
const send = async (name: string) =>
  (await sendScenario({ name }, lab.config, { warm: name === 'static' })).at(-1)?.traceId;
await send('dynamic'); // the first one finds everything cold
const [dynamic, fixed] = [await send('dynamic'), await send('static')];

// Not execFileSync: meanwhile the visitor closes idle connections, and the next fetch would send over one of them.
const deploy = ['lab/guard.js', 'deploy', '--change', 'title', '--json'];
const { stdout } = await promisify(execFile)(process.execPath, deploy, { env: lab.environment });
const { traceId: deployment } = JSON.parse(stdout) as DeployResult;

type Picture = [file: string, address: string, scheme: 'light' | 'dark'];
const pictures: Picture[] = [
  ['journey', `/traces/${dynamic}`, 'light'],
  ['journey-dark', `/traces/${dynamic}`, 'dark'],
  ['compare', `/compare/${fixed}...${dynamic}`, 'light'],
  ['deploy', `/traces/${deployment}`, 'light'],
  ['home', '/', 'light'],
  ['lessons', '/lessons', 'light'],
];
for (const picture of pictures.filter(([file]) => isWanted(file))) {
  const page = await show(picture, SCREEN);
  if (picture[0].startsWith('journey')) {
    for (let step = 0; step < STEPS; step++) await page.getByRole('button', { name: 'Step on' }).click();
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^rules/ })
      .click();
    await page.getByRole('heading', { level: 2, name: 'location' }).waitFor();
  }
  if (picture[0] === 'deploy') {
    for (let step = 0; step < STEPS; step++) await page.getByRole('button', { name: 'Step on' }).click();
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^release/ })
      .click();
    await page.getByRole('heading', { level: 2, name: 'switch' }).waitFor();
  }
  await take(page, picture[0]);
}
for (const [file, address] of await lessonPictures(lab, isWanted)) {
  const page = await show([file, address, 'light'], LESSON_SCREEN);
  await page.locator('#card h2').waitFor();
  const hasView = address.includes('view=');
  if (hasView) await page.locator('[role=tabpanel] :is(svg, li)').first().waitFor();
  await take(page, file, hasView ? '[role=tablist]' : 'body');
}
await browser.close();
await lab.stop();

function isWanted(file: string): boolean {
  const words = process.argv.slice(2);
  return words.length === 0 || words.some((word) => file.includes(word));
}

async function show([, address, colorScheme]: Picture, screen: typeof SCREEN): Promise<Page> {
  const page = await browser.open(address, { ...screen, colorScheme, reducedMotion: 'reduce' });
  await page.locator('h1').first().waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
  if (address.startsWith('/traces/')) await page.getByLabel('Map of the journey').waitFor();
  return page;
}

/** Takes the page from the element `top` on. */
async function take(page: Page, file: string, top = 'body'): Promise<void> {
  await page.evaluate(`document.querySelector('${top}').scrollIntoView()`);
  await page.screenshot({ path: join(FOLDER, `${file}.png`) });
  console.log(`docs/pictures/${file}.png`);
  await page.close();
}
