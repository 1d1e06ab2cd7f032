// npm run pictures: takes the pictures of README and docs from the real page, with a lab of its own, in a real Chromium.

import { join } from 'node:path';
import { sendScenario } from '../../lab/send.ts';
import { startLab } from '../lab.ts';
import { missing, startBrowser } from './chromium.ts';

const FOLDER = join(import.meta.dirname, '../../docs/pictures');
const SCREEN = { viewport: { width: 1440, height: 900 } };
/** To the middle of the replay, in steps: the letter is then with the web server. */
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

const pictures: [file: string, address: string, scheme: 'light' | 'dark'][] = [
  ['journey', `/traces/${dynamic}`, 'light'],
  ['journey-dark', `/traces/${dynamic}`, 'dark'],
  ['compare', `/compare/${fixed}...${dynamic}`, 'light'],
  ['home', '/', 'light'],
  ['lessons', '/lessons', 'light'],
];
for (const [file, address, colorScheme] of pictures) {
  const page = await browser.open(address, { ...SCREEN, colorScheme, reducedMotion: 'reduce' });
  await page.locator('h1').first().waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
  if (file.startsWith('journey')) {
    await page.getByRole('treegrid').waitFor();
    for (let step = 0; step < STEPS; step++) await page.getByRole('button', { name: 'Step on' }).click();
    await page
      .getByLabel('Map of the journey')
      .getByRole('button', { name: /^rules/ })
      .click();
    await page.getByRole('heading', { level: 2, name: 'location' }).waitFor();
  }
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(FOLDER, `${file}.png`) });
  console.log(`docs/pictures/${file}.png`);
  await page.close();
}
await browser.close();
await lab.stop();
