import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeAuthority, prepareCertificates } from './certificates.ts';

const DAY = 86_400_000;
const SITES = [
  { name: 'tatis', hosts: ['tatis.test', '127.0.0.1'] },
  { name: 'second', hosts: ['djangogirls.test'] },
];
const newFolder = () => mkdtempSync(join(tmpdir(), 'waybill-tls-'));

test('each site has a certificate of the lab’s authority, for its names', async () => {
  const { authority, sites } = await prepareCertificates(newFolder(), SITES);
  const ca = new X509Certificate(authority);
  expect(ca.ca).toBe(true);
  for (const [index, { cert }] of sites.entries()) {
    const certificate = new X509Certificate(cert);
    expect([certificate.ca, certificate.checkIssued(ca), certificate.verify(ca.publicKey)]).toEqual([
      false,
      true,
      true,
    ]);
    for (const host of SITES[index]?.hosts ?? []) {
      expect(certificate.checkHost(host) ?? certificate.checkIP(host)).toBe(host);
    }
    expect(certificate.checkHost('other.test')).toBeUndefined();
  }
});

test('only this user can read a key', async () => {
  const folder = newFolder();
  await prepareCertificates(folder, SITES);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).filter((name) => statSync(join(folder, name)).mode & 0o077)).toEqual([]);
});

test('valid certificates are kept', async () => {
  const folder = newFolder();
  expect(await prepareCertificates(folder, SITES)).toEqual(await prepareCertificates(folder, SITES));
});

const NOW = Date.now();
test.each([
  ['near its end', () => {}, SITES, NOW + 61 * DAY],
  ['for other names', () => {}, [{ name: 'tatis', hosts: ['tatis.test', 'new.test'] }], NOW],
  ['damaged', (folder: string) => writeFileSync(join(folder, 'tatis.pem'), 'nonsense'), SITES, NOW],
  ['without its key', (folder: string) => writeFileSync(join(folder, 'tatis.key'), ''), SITES, NOW],
])('a certificate that is %s is replaced, and the authority is kept', async (_, spoil, sites, now) => {
  const folder = newFolder();
  const before = await prepareCertificates(folder, SITES, { now: NOW });
  spoil(folder);
  const after = await prepareCertificates(folder, sites, { now });
  expect(after.authority).toBe(before.authority);
  expect(after.sites[0]?.cert).not.toBe(before.sites[0]?.cert);
  expect(readFileSync(join(folder, 'tatis.pem'), 'utf8')).toBe(after.sites[0]?.cert);
});

test('with another authority all certificates are replaced', async () => {
  const folder = newFolder();
  const before = await prepareCertificates(folder, SITES);
  writeFileSync(join(folder, 'ca.pem'), '');
  const after = await prepareCertificates(folder, SITES);
  const ca = new X509Certificate(after.authority);
  expect(after.authority).not.toBe(before.authority);
  expect(after.sites.every(({ cert }) => new X509Certificate(cert).verify(ca.publicKey))).toBe(true);
});

test('proxies share an authority, and do not change it', async () => {
  const authority = newFolder();
  const cert = await makeAuthority(authority);
  const all = await Promise.all([1, 2].map(() => prepareCertificates(newFolder(), SITES, { authority })));
  expect(all.map((each) => each.authority)).toEqual([cert, cert]);
  for (const { sites } of all) {
    expect(new X509Certificate(sites[0]?.cert ?? '').verify(new X509Certificate(cert).publicKey)).toBe(true);
  }
  expect(readdirSync(authority).sort()).toEqual(['ca.key', 'ca.pem']);
});

test('a missing shared authority is not created', async () => {
  await expect(prepareCertificates(newFolder(), SITES, { authority: newFolder() })).rejects.toThrow('WAYBILL_CA_DIR');
});

test('keys are kept in their own folder, if one is set', async () => {
  const [folder, keys] = [newFolder(), newFolder()];
  const first = await prepareCertificates(folder, SITES, { keys });
  expect(readdirSync(folder).sort()).toEqual(['ca.pem', 'second.pem', 'tatis.pem']);
  expect(readdirSync(keys).sort()).toEqual(['ca.key', 'second.key', 'tatis.key']);
  expect(await prepareCertificates(folder, SITES, { keys })).toEqual(first);
});

test('the authority is valid for two years, and replaced before its certificates would outlive it', async () => {
  const folder = newFolder();
  const made = await makeAuthority(folder, NOW);
  const { validTo } = new X509Certificate(made);
  expect(Math.round((Date.parse(validTo) - NOW) / DAY)).toBe(730);
  expect(await makeAuthority(folder, NOW + 609 * DAY)).toBe(made);
  expect(await makeAuthority(folder, NOW + 611 * DAY)).not.toBe(made);
});

test('a shared authority is used until its end', async () => {
  const authority = newFolder();
  await makeAuthority(authority, NOW);
  const prepare = (days: number) => prepareCertificates(newFolder(), SITES, { authority, now: NOW + days * DAY });
  expect((await prepare(729)).sites).toHaveLength(2);
  await expect(prepare(731)).rejects.toThrow('no valid authority');
});

test('a name for which the authority may not sign is left out of the certificate', async () => {
  const { sites } = await prepareCertificates(newFolder(), [
    { name: 'tatis', hosts: ['tatis.test', 'tatis.example'] },
    { name: 'foreign', hosts: ['example.org'] },
  ]);
  expect(sites.map(({ hosts }) => hosts)).toEqual([['tatis.test']]);
  expect(new X509Certificate(sites[0]?.cert ?? '').subjectAltName).toBe('DNS:tatis.test');
});
