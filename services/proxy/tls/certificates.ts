// The lab's own certificate authority, and a certificate for each site: made at the first start, kept in a folder that only this
// user can read, and replaced when they expire soon, are damaged, or are for other names. Nothing is added to the machine's trust
// store; `npm run ca` prints the authority's certificate for clients that shall trust it.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { writableFolder } from '../../../runtime/folder.ts';
import { log } from '../../../runtime/log.ts';
import { isPermitted, NAME_CONSTRAINTS } from './name-constraints.ts';

/** A site and its host names, 127.0.0.1 among them or not; `flaw`: what is wrong with a certificate that clients must refuse. */
export type NamedSite = {
  name: string;
  hosts: readonly string[];
  flaw?: 'expired' | 'self-signed' | 'untrusted-root';
};

/** In PEM. */
type Pair = { cert: string; key: string };
export type Certificate = Pair & { hosts: readonly string[] };

/** The authority's certificate in PEM; and those of the sites, in their order: the first is the default. */
export type Certificates = { authority: string; sites: Certificate[] };

type Options = {
  now?: number;
  /** The folder of private keys, another volume if clients can read that of the certificates. */
  keys?: string | undefined;
  /** The folder of ca.pem and ca.key, which are only read: a secret that several proxies share. */
  authority?: string | undefined;
};

const DAY = 86_400_000;
const AUTHORITY_DAYS = 730;
const SITE_DAYS = 90;
/** A third of a certificate's lifetime before its end, as certbot does. */
const RENEW_DAYS = 30;
/** An authority must outlive the certificates that it signs. */
const RENEW_AUTHORITY_DAYS = SITE_DAYS + RENEW_DAYS;

/**
 * Reads the certificates in `folder`, and makes those that are missing or not valid any more. Names for which the
 * authority may not sign are left out, with a warning. Throws an Error if a folder is not usable or has no valid authority.
 */
export async function prepareCertificates(
  folder: string,
  sites: readonly NamedSite[],
  { now = Date.now(), keys = folder, authority: shared }: Options = {},
): Promise<Certificates> {
  writableFolder('WAYBILL_HOME', folder, 0o700);
  if (keys !== folder) writableFolder('WAYBILL_TLS_KEY_DIR', keys, 0o700);
  const authority = shared ? readSharedAuthority(shared, now) : await ownAuthority({ folder, keys }, now);
  const isConstrained = authority.parsed.raw.includes(NAME_CONSTRAINTS);
  const certificates: Certificate[] = [];
  for (const { name, flaw, ...site } of sites) {
    const hosts = site.hosts.filter((host) => !isConstrained || isPermitted(host));
    if (hosts.length < site.hosts.length)
      log.warn({ hosts: site.hosts }, 'the authority signs for names below test and localhost only');
    if (hosts.length === 0) continue;
    const files = filesOf({ folder, keys }, name);
    const current = readPair(files);
    const isValid =
      current !== undefined &&
      (flaw === 'expired' || isFresh(current.parsed, now, RENEW_DAYS)) &&
      (flaw === 'self-signed' || flaw === 'untrusted-root' || current.parsed.verify(authority.parsed.publicKey)) &&
      hosts.every((host) => current.parsed.subjectAltName?.split(', ').includes(altName(host)));
    const { cert, key } = isValid
      ? current
      : await makePair(files, async (make) => {
          const start = flaw === 'expired' ? now - (SITE_DAYS + 1) * DAY : now;
          const life = SITE_DAYS * DAY;
          if (flaw === 'self-signed') return make.site(undefined, hosts, start, life);
          if (flaw !== 'untrusted-root') return make.site(authority, hosts, start, life);
          return make.site(await make.authorityPem(start, life, 'CN=An unknown authority'), hosts, start, life);
        });
    certificates.push({ hosts, cert, key });
  }
  return { authority: authority.cert, sites: certificates };
}

/** Makes an authority in `folder`, unless it has one that is valid for long enough; resolves with its certificate in PEM. */
export async function makeAuthority(folder: string, now = Date.now()): Promise<string> {
  writableFolder('--make', folder, 0o700);
  return (await ownAuthority({ folder, keys: folder }, now)).cert;
}

/** An authority without name constraints, as earlier versions made it, is replaced. */
async function ownAuthority(folders: { folder: string; keys: string }, now: number): Promise<ParsedPair> {
  const files = filesOf(folders, 'ca');
  const current = readPair(files);
  const { ca = false, raw } = current?.parsed ?? {};
  const isValid =
    current && ca && raw?.includes(NAME_CONSTRAINTS) && isFresh(current.parsed, now, RENEW_AUTHORITY_DAYS);
  return isValid ? current : makePair(files, (make) => make.authorityPem(now, AUTHORITY_DAYS * DAY));
}

function readSharedAuthority(folder: string, now: number): ParsedPair {
  const shared = readPair(filesOf({ folder, keys: folder }, 'ca'));
  const advice = 'Make another: npm run ca -- --make DIR';
  if (!shared?.parsed.ca || !isFresh(shared.parsed, now, 0))
    throw new Error(`WAYBILL_CA_DIR: ${folder} has no valid authority (ca.pem, ca.key). ${advice}`);
  if (!isFresh(shared.parsed, now, RENEW_DAYS))
    log.warn({ folder, validTo: shared.parsed.validTo }, `the authority expires soon. ${advice}`);
  return shared;
}

type ParsedPair = Pair & { parsed: X509Certificate };

/** The paths of a certificate and its key. */
type Files = { cert: string; key: string };

function filesOf({ folder, keys }: { folder: string; keys: string }, name: string): Files {
  return { cert: join(folder, `${name}.pem`), key: join(keys, `${name}.key`) };
}

async function makePair(files: Files, make: (maker: typeof import('./make.ts')) => Promise<Pair>): Promise<ParsedPair> {
  const pair = await make(await import('./make.ts')); // its library is loaded only when it is needed
  for (const name of ['key', 'cert'] as const) {
    writeFileSync(`${files[name]}.new`, pair[name], { mode: 0o600 });
    renameSync(`${files[name]}.new`, files[name]);
  }
  return { ...pair, parsed: new X509Certificate(pair.cert) };
}

/** A certificate and its key; undefined if one is missing or cannot be read. */
function readPair(files: Files): ParsedPair | undefined {
  if (!existsSync(files.cert) || !existsSync(files.key)) return undefined;
  try {
    const [cert, key] = [readFileSync(files.cert, 'utf8'), readFileSync(files.key, 'utf8')];
    const parsed = new X509Certificate(cert);
    return parsed.checkPrivateKey(createPrivateKey(key)) ? { cert, key, parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is valid now, and will be for `days` more. */
function isFresh({ validFrom, validTo }: X509Certificate, now: number, days: number): boolean {
  return Date.parse(validFrom) <= now && Date.parse(validTo) - now > days * DAY;
}

/** A name of a certificate as node:crypto writes it. */
function altName(host: string): string {
  return `${isIP(host) === 0 ? 'DNS' : 'IP Address'}:${host}`;
}
