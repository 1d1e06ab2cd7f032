// The sandbox of a lab, edited while it runs, in a checkout of its own: what is right is taken, what is wrong is named.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Lab, startLab } from '../lab/fixture.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { createCheckout } from './checkout.ts';

const ZONE = 'services/dns/zones/tatis.test.zone';
const LOCATIONS = 'services/proxy/locations.ts';
const URLS = 'services/app/site/urls.ts';
const WAIT = { interval: 50 };

const { root: checkout, remove } = createCheckout();
const reset = (...args: string[]) =>
  execFileSync(process.execPath, ['lab/guard.js', 'reset', ...args], { cwd: checkout }).toString();

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({}, checkout);
});
afterAll(async () => {
  await lab?.stop();
  remove();
});

/** What the lab prints from now on. */
let printed: () => string;
beforeEach(() => {
  const before = lab.output().length;
  printed = () => lab.output().slice(before);
});

const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
const edit = (file: string, from: string | RegExp, to: string) => {
  const source = read(file);
  const edited = source.replace(from, to);
  expect(edited).not.toBe(source);
  writeFileSync(join(checkout, file), edited);
};
const lineOf = (file: string, text: string) =>
  read(file)
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;
const says = (text: string | RegExp) => vi.waitFor(() => expect(printed()).toMatch(text), WAIT);

async function visit(url: string): Promise<VisitAnswer> {
  const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body: JSON.stringify({ url }) });
  return (await response.json()) as VisitAnswer;
}

test('a record added to a zone is found at once', async () => {
  expect((await visit('http://moon.tatis.test/')).connection).toBe('unresolved');
  edit(ZONE, /$/, '\nmoon IN A 203.0.113.10\n');
  await says(/↻ dns has read its files again/);
  expect(await visit('http://moon.tatis.test/')).toMatchObject({ connection: 'new', error: null });
});

test('a wrong line of a zone is named, and the old zone goes on', async () => {
  edit(ZONE, /$/, '\nmars IN A not-an-address\n');
  await says(new RegExp(`✗ .*tatis\\.test\\.zone:${lineOf(ZONE, 'not-an-address')}: .*dns keeps the version before`));
  expect(await visit('http://moon.tatis.test/')).toMatchObject({ connection: 'new', error: null });
});

test('a new rule of the web server counts from the next request on', async () => {
  edit(
    LOCATIONS,
    "    { match: '/', proxy: gateway },",
    "    { match: '= /tea', return: { status: 418, body: 'tea' } },\n    { match: '/', proxy: gateway },",
  );
  await says(/↻ proxy has read its files again/);
  expect(await visit('http://tatis.test/tea')).toMatchObject({ status: 418, body: 'tea' });
});

test('a new name of the web server has a certificate from the next handshake on', async () => {
  expect((await visit('https://moon.tatis.test/')).error?.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  edit(LOCATIONS, "names: ['tatis.test', ", "names: ['tatis.test', 'moon.tatis.test', ");
  await says(/↻ proxy has read its files again/);
  expect(await visit('https://moon.tatis.test/')).toMatchObject({ connection: 'new', error: null });
});

test.each([
  [
    'is not TypeScript',
    "return: { status: 418, body: 'tea' } },",
    "return: { status: 418, body: 'tea' }",
    /: Expected/,
  ],
  [
    'is an invalid rule',
    "'= /tea', return: { status: 418",
    "'= /tea', return: { status: 9",
    /location "= \/tea": 9 is not a status to return/,
  ],
])('a line of the web server’s rules that %s is named, and the old rules go on', async (_, from, to, why) => {
  const before = read(LOCATIONS);
  edit(LOCATIONS, from, to);
  await says(new RegExp(`✗ services/proxy/locations\\.ts:\\d+.*${why.source}.*proxy keeps the version before`));
  expect(await visit('http://tatis.test/tea')).toMatchObject({ status: 418 });
  writeFileSync(join(checkout, LOCATIONS), before);
  await says(/↻ proxy has read its files again/);
});

test('a new pattern of the framework is served by new workers', async () => {
  expect((await visit('http://tatis.test/today/')).status).toBe(404);
  edit(
    URLS,
    "  path('', today, 'today'),\n  path('history",
    "  path('', today, 'today'),\n  path('today/', today, 'today_again'),\n  path('history",
  );
  await says(/✓ all workers are replaced/);
  expect((await visit('http://tatis.test/today/')).status).toBe(200);
});

test('a mistake in the patterns is named by its line before any worker is replaced', async () => {
  edit(URLS, "path('today/', today, 'today_again')", "path('today/', tomorrow, 'today_again')");
  await says(
    new RegExp(
      `✗ services/app/site/urls\\.ts:${lineOf(URLS, 'tomorrow')}: tomorrow is not defined; the workers keep the version before`,
    ),
  );
  expect((await visit('http://tatis.test/today/')).status).toBe(200);
});

test('reset says what it would put back, puts it back, and the lab takes it', async () => {
  expect(reset('--dry-run').trim().split('\n').toSorted()).toEqual(
    [ZONE, LOCATIONS, URLS].map((file) => `would be restored: ${file}`).toSorted(),
  );
  expect(reset().trim().split('\n').toSorted()).toEqual(
    [ZONE, LOCATIONS, URLS].map((file) => `restored: ${file}`).toSorted(),
  );
  await says(/all workers are replaced/);
  await says(/proxy has read its files again/);
  await says(/dns has read its files again/);
  expect((await visit('http://tatis.test/tea')).status).toBe(404);
  expect((await visit('http://tatis.test/today/')).status).toBe(404);
  expect((await visit('http://moon.tatis.test/')).connection).toBe('unresolved');
  expect(reset()).toBe('Every file is unchanged.\n');
});
