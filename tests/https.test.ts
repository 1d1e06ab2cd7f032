// HTTPS as everybody's own clients see it: with the lab's authority (npm run ca) they get the sites, without it none does.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { GUARD, type Lab } from '../lab/fixture.ts';
import { executablePath, FLAGS } from './browser/chromium.ts';
import { sharedLab } from './shared-lab.ts';

const CERTUTIL = '/usr/bin/certutil';
const run = promisify(execFile);

let lab: Lab;
let ca: string;
let url: string;
beforeAll(async () => {
  lab = await sharedLab();
  const { stdout } = await run(process.execPath, [GUARD, 'ca', '--path'], { env: lab.environment });
  ca = stdout.trim();
  url = `https://tatis.localhost:${lab.config.ports.WAYBILL_TLS_PORT}/`;
});

/** What a client prints, or why it would not go on. */
async function outputOf(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const running = run(command, args, { env: { ...process.env, ...env } });
  running.child.stdin?.end();
  const { stdout, stderr } = await running.catch((failed: { stdout: string; stderr: string }) => failed);
  return stdout + stderr;
}

const TITLE = 'Does Tatis Jr Have an Error Today?';
const FETCH = 'fetch(process.argv[1]).then(async (r) => console.log(await r.text()), (e) => console.log(e.cause.code))';
const port = () => `127.0.0.1:${lab.config.ports.WAYBILL_TLS_PORT}`;
const host = ['--connect-to', 'tatis.localhost::127.0.0.1:'];
const nodeUrl = () => `https://${port()}/`;
const openssl = () => ['s_client', '-connect', port(), '-servername', 'tatis.test', '-verify_return_error'];

test.each<
  [client: string, believes: () => Promise<string>, doubts: () => Promise<string>, gets: RegExp, refuses: RegExp]
>([
  [
    'curl',
    () => outputOf('curl', ['-sS', ...host, '--cacert', ca, url]),
    () => outputOf('curl', ['-sS', ...host, url]),
    /Does Tatis Jr Have an Error Today\?/,
    /certificate/,
  ],
  [
    "Node's fetch",
    () => outputOf(process.execPath, ['-e', FETCH, nodeUrl()], { NODE_EXTRA_CA_CERTS: ca }),
    () => outputOf(process.execPath, ['-e', FETCH, nodeUrl()]),
    /Does Tatis Jr Have an Error Today\?/,
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
  ],
  [
    'openssl s_client',
    () => outputOf('openssl', [...openssl(), '-CAfile', ca]),
    () => outputOf('openssl', openssl()),
    /Verify return code: 0 \(ok\)/,
    /unable to get local issuer certificate/,
  ],
])('%s gets the site with the authority, and not without it', async (_, believes, doubts, gets, refuses) => {
  expect(await believes()).toMatch(gets);
  const refused = await doubts();
  expect(refused).toMatch(refuses);
  expect(refused).not.toMatch(gets);
});

test('a site that is asked by HTTPS alone sends others there, with their port, and says so for the next time', async () => {
  const { ports } = lab.config;
  const plain = await outputOf('curl', [
    '-sSi',
    '-H',
    `Host: sealed.tatis.localhost:${ports.WAYBILL_SITE_PORT}`,
    `${lab.config.siteUrl}/history/`,
  ]);
  expect(plain).toMatch(/^HTTP\/1.1 301 /);
  const [, location = ''] = /^location: (.+?)\r?$/im.exec(plain) ?? [];
  expect(location).toBe(`https://sealed.tatis.localhost:${ports.WAYBILL_TLS_PORT}/history/`);
  const secure = await outputOf('curl', [
    '-sSi',
    '--connect-to',
    'sealed.tatis.localhost::127.0.0.1:',
    '--cacert',
    ca,
    location,
  ]);
  expect(secure).toMatch(/^HTTP\/1.1 200 /);
  expect(secure).toMatch(/^strict-transport-security: max-age=300\r?$/im);
});

const missing = [executablePath, existsSync(CERTUTIL) || undefined].includes(undefined)
  ? 'no Chromium, or no certutil (Debian: libnss3-tools)'
  : undefined;
test.skipIf(missing)(`Chromium gets it as well${missing ? ` (${missing})` : ''}`, async () => {
  expect(await titleIn(false)).toContain('ERR_CERT_AUTHORITY_INVALID');
  expect(await titleIn(true)).toBe(TITLE);
});

/** The title of the site in a Chromium with a home of its own, which believes the authority or not; or why there is none. */
async function titleIn(isBelieved: boolean): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-home-'));
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  if (isBelieved) {
    await run(CERTUTIL, ['-d', `sql:${database}`, '-N', '--empty-password']);
    await run(CERTUTIL, ['-d', `sql:${database}`, '-A', '-n', 'Waybill lab CA', '-t', 'C,,', '-i', ca]);
  }
  const browser = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: executablePath as string,
    args: FLAGS,
    env: { ...process.env, HOME: home } as Record<string, string>,
  });
  try {
    const page = await browser.newPage();
    const failure = await page.goto(url).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return failure ?? (await page.title());
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
}
