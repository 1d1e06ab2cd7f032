// The names for which the lab's authority may sign, verified by openssl.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { makeAuthority } from './certificates.ts';
import { authorityPem, site } from './make.ts';

const DAY = 86_400_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-authority-'));
});

/** What openssl prints for `args`, run in the folder. */
async function openssl(...args: string[]): Promise<string> {
  const run = promisify(execFile)('openssl', args, { cwd: folder });
  const { stdout, stderr } = await run.catch((failed: { stdout: string; stderr: string }) => failed);
  return stdout + stderr;
}

const constraints = async () =>
  (await openssl('x509', '-in', 'ca.pem', '-noout', '-ext', 'nameConstraints')).replaceAll(/\s+/g, ' ').trim();

const LAB_ONLY =
  'X509v3 Name Constraints: critical Permitted: DNS:test DNS:localhost IP:127.0.0.0/255.0.0.0 ' +
  'IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF';

test('its certificate permits only test, localhost and loopback, by a critical extension', async () => {
  await makeAuthority(folder);
  expect(await constraints()).toBe(LAB_ONLY);
});

test.each([
  ['tatis.test', 'OK'],
  ['tatis.localhost', 'OK'],
  ['127.1.2.3', 'OK'],
  ['::1', 'OK'],
  ['example.org', 'permitted subtree violation'],
  ['contest', 'permitted subtree violation'],
  ['test.example', 'permitted subtree violation'],
  ['192.0.2.1', 'permitted subtree violation'],
  ['::2', 'permitted subtree violation'],
])('a certificate for %s that it signed: %s', async (host, verdict) => {
  const ca = await authorityPem(Date.now(), DAY);
  writeFileSync(join(folder, 'ca.pem'), ca.cert);
  writeFileSync(join(folder, 'site.pem'), (await site(ca, [host], Date.now(), DAY)).cert);
  expect(await openssl('verify', '-CAfile', 'ca.pem', 'site.pem')).toContain(verdict);
});

test('an authority for any name, as earlier versions made it, is replaced', async () => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key'];
  await openssl('req', '-x509', ...key, '-days', '3650', '-subj', '/CN=Waybill lab CA', '-out', 'ca.pem');
  const before = readFileSync(join(folder, 'ca.pem'), 'utf8');
  expect(await makeAuthority(folder)).not.toBe(before);
  expect(await constraints()).toBe(LAB_ONLY);
});
