// The journey page of a lab as `npm start` brings it: built beside the lab, served by the visitor; and where that fails.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Lab, startLab } from '../lab/fixture.ts';

let lab: Lab;
afterEach(() => lab?.stop());

const homePage = async () => (await fetch(`${lab.config.visitorUrl}/`)).text();

test('npm start builds the page once the lab is ready, below a relative home too, and removes one of older sources', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  mkdirSync(join(home, 'page/older/assets'), { recursive: true });
  lab = await startLab({ WAYBILL_HOME: relative(process.cwd(), home) });
  const document = await vi.waitFor(
    async () => {
      const html = await homePage();
      expect(html).toContain('id="page"');
      return html;
    },
    { timeout: 10_000 },
  );
  const [, script = ''] = /<script type="module" src="([^"]+)">/.exec(document) ?? [];
  const answer = await fetch(lab.config.visitorUrl + script, { headers: { 'accept-encoding': 'br' } });
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
  await vi.waitFor(() => expect(existsSync(join(home, 'page/older'))).toBe(false));
  expect(readdirSync(join(home, 'page'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test('a page that cannot be built is reported in one line, and the plain pages stay', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  writeFileSync(join(home, 'page'), 'a file where a folder should be');
  lab = await startLab({ WAYBILL_HOME: home });
  await vi.waitFor(() => expect(lab.output()).toContain('The journey page could not be built'), { timeout: 10_000 });
  expect(
    lab
      .output()
      .split('\n')
      .filter((line) => line.includes('page could not be built')),
  ).toEqual([
    expect.stringMatching(/^ {2}! The journey page could not be built \(.+\); plain pages are shown instead\.$/),
  ]);
  expect(await homePage()).toContain('npm run fire dynamic');
});
