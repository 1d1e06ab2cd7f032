import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeAuthority, prepareCertificates } from './certificates.ts';

const DAY = 86_400_000;
const SITES = [
  { name: 'tatis', hosts: ['tatis.test', '127.0.0.1'] },
  { name: 'letters', hosts: ['djangogirls.test'] },
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

test('nobody but this user can read a key', async () => {
  const folder = newFolder();
  await prepareCertificates(folder, SITES);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).filter((name) => statSync(join(folder, name)).mode & 0o077)).toEqual([]);
});

test('they are kept', async () => {
  const folder = newFolder();
  expect(await prepareCertificates(folder, SITES)).toEqual(await prepareCertificates(folder, SITES));
});

const NOW = Date.now();
test.each([
  ['near its end', () => {}, SITES, NOW + 61 * DAY],
  ['for other names', () => {}, [{ name: 'tatis', hosts: ['tatis.test', 'new.test'] }], NOW],
  ['damaged', (folder: string) => writeFileSync(join(folder, 'tatis.pem'), 'nonsense'), SITES, NOW],
  ['without its key', (folder: string) => writeFileSync(join(folder, 'tatis.key'), ''), SITES, NOW],
])('one that is %s is made anew, and the authority stays', async (_, spoil, sites, now) => {
  const folder = newFolder();
  const before = await prepareCertificates(folder, SITES, { now: NOW });
  spoil(folder);
  const after = await prepareCertificates(folder, sites, { now });
  expect(after.authority).toBe(before.authority);
  expect(after.sites[0]?.cert).not.toBe(before.sites[0]?.cert);
  expect(readFileSync(join(folder, 'tatis.pem'), 'utf8')).toBe(after.sites[0]?.cert);
});

test('with another authority all are made anew', async () => {
  const folder = newFolder();
  const before = await prepareCertificates(folder, SITES);
  writeFileSync(join(folder, 'ca.pem'), '');
  const after = await prepareCertificates(folder, SITES);
  const ca = new X509Certificate(after.authority);
  expect(after.authority).not.toBe(before.authority);
  expect(after.sites.every(({ cert }) => new X509Certificate(cert).verify(ca.publicKey))).toBe(true);
});

test('web servers that are given the same authority are believed alike, and leave it as it is', async () => {
  const from = newFolder();
  const authority = await makeAuthority(from);
  const all = await Promise.all([1, 2].map(() => prepareCertificates(newFolder(), SITES, { from })));
  expect(all.map((each) => each.authority)).toEqual([authority, authority]);
  for (const { sites } of all) {
    expect(new X509Certificate(sites[0]?.cert ?? '').verify(new X509Certificate(authority).publicKey)).toBe(true);
  }
  expect(readdirSync(from).sort()).toEqual(['ca.key', 'ca.pem']);
});

test('without the authority that it is told of, no web server makes its own', async () => {
  await expect(prepareCertificates(newFolder(), SITES, { from: newFolder() })).rejects.toThrow('WAYBILL_CA_DIR');
});
