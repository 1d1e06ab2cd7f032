// The lab's own certificate authority, and a certificate for each site: made at the first start, kept in a folder that only this
// user can read, and replaced when they expire soon, are damaged, or are for other names. Nothing is installed in the machine's
// trust store: a client that is to trust them is given ca.pem (npm run ca).

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { writableFolder } from '../../../runtime/folder.ts';
import { log } from '../../../runtime/log.ts';
import { isPermitted, NAME_CONSTRAINTS } from './name-constraints.ts';

/** What is wrong with a certificate that is made to be refused. */
export type Flaw = 'expired' | 'self-signed' | 'untrusted-root';

/** A site and its host names; `127.0.0.1` may be among them. */
export type NamedSite = { name: string; hosts: readonly string[]; flaw?: Flaw };

/** A certificate in PEM with its key, and for which names. */
export type Certificate = { hosts: readonly string[]; cert: string; key: string };

export type Certificates = {
  /** The authority's certificate, which clients are given. */
  authority: string;
  /** In the order of the sites; the first is the default. */
  sites: Certificate[];
};

const DAY = 86_400_000;
const AUTHORITY_DAYS = 730;
const SITE_DAYS = 90;
/** A third of a certificate's life before its end, as certbot has it. */
const RENEW_DAYS = 30;
/** An authority must outlive the certificates that it signs. */
const RENEW_AUTHORITY_DAYS = SITE_DAYS + RENEW_DAYS;

/** Where keys and authority are, if not in the folder of the certificates. */
export type CertificateFolders = {
  /** Private keys; another volume, where the certificates are shared with clients. */
  keys?: string | undefined;
  /** ca.pem and ca.key, which are only read: a secret that several web servers share. */
  authority?: string | undefined;
};

/**
 * Reads the certificates in `folder`; makes those that are missing or not usable any more. Names that the authority may not
 * vouch for are left out, with a warning. Throws an Error when `folders.authority` has no valid authority.
 */
export async function prepareCertificates(
  folder: string,
  sites: readonly NamedSite[],
  { now = Date.now(), ...folders }: CertificateFolders & { now?: number } = {},
): Promise<Certificates> {
  const keys = folders.keys || folder;
  writableFolder('WAYBILL_HOME', folder, 0o700);
  if (folders.keys) writableFolder('WAYBILL_TLS_KEY_DIR', folders.keys, 0o700);
  const authority = folders.authority
    ? readSharedAuthority(folders.authority, now)
    : await ownAuthority({ folder, keys }, now);
  const isConstrained = authority.parsed.raw.includes(NAME_CONSTRAINTS);
  const certificates: Certificate[] = [];
  for (const { name, flaw, ...site } of sites) {
    const hosts = site.hosts.filter((host) => !isConstrained || isPermitted(host));
    if (hosts.length < site.hosts.length)
      log.warn({ hosts: site.hosts }, 'the authority vouches for names below test and localhost only');
    if (hosts.length === 0) continue;
    const files = { folder, keys, name };
    const own = readPair(files);
    const isGood =
      own !== undefined &&
      (flaw === 'expired' || isFresh(own.parsed, now, RENEW_DAYS)) &&
      (isSignedByOther(flaw) || own.parsed.verify(authority.parsed.publicKey)) &&
      hosts.every((host) => own.parsed.subjectAltName?.split(', ').includes(altName(host)));
    const pair = isGood
      ? own
      : await makePair(files, async (make) => {
          const start = flaw === 'expired' ? now - (SITE_DAYS + 1) * DAY : now;
          const life = SITE_DAYS * DAY;
          if (flaw === 'self-signed') return make.site(undefined, hosts, start, life);
          if (flaw !== 'untrusted-root') return make.site(authority, hosts, start, life);
          const unknown = await make.authority(start, life, 'CN=An authority that nobody knows');
          return make.site(unknown, hosts, start, life);
        });
    certificates.push({ hosts, cert: pair.cert, key: pair.key });
  }
  return { authority: authority.cert, sites: certificates };
}

/** Whether the lab's authority has not signed it. */
function isSignedByOther(flaw: Flaw | undefined): boolean {
  return flaw === 'self-signed' || flaw === 'untrusted-root';
}

/** Makes an authority in `folder`, unless there is one that is valid for long enough; resolves with its certificate in PEM. */
export async function makeAuthority(folder: string, now = Date.now()): Promise<string> {
  writableFolder('--make', folder, 0o700);
  return (await ownAuthority({ folder, keys: folder }, now)).cert;
}

/** One that may vouch for any name, as all had before, is replaced. */
async function ownAuthority(folders: { folder: string; keys: string }, now: number): Promise<Pair> {
  const files = { ...folders, name: 'ca' };
  const kept = readPair(files);
  const isGood =
    kept?.parsed.ca && kept.parsed.raw.includes(NAME_CONSTRAINTS) && isFresh(kept.parsed, now, RENEW_AUTHORITY_DAYS);
  return isGood ? kept : makePair(files, (make) => make.authority(now, AUTHORITY_DAYS * DAY));
}

function readSharedAuthority(folder: string, now: number): Pair {
  const shared = readPair({ folder, keys: folder, name: 'ca' });
  const advice = 'Make another: npm run ca -- --make DIR';
  if (!shared?.parsed.ca || !isFresh(shared.parsed, now, 0))
    throw new Error(`WAYBILL_CA_DIR: ${folder} has no valid authority (ca.pem, ca.key). ${advice}`);
  if (!isFresh(shared.parsed, now, RENEW_DAYS))
    log.warn({ folder, validTo: shared.parsed.validTo }, `the authority expires soon. ${advice}`);
  return shared;
}

type Pair = { cert: string; key: string; parsed: X509Certificate };
type Maker = typeof import('./make.ts');

/** Where a certificate and its key are. */
type Files = { folder: string; keys: string; name: string };

async function makePair(
  { folder, keys, name }: Files,
  make: (maker: Maker) => Promise<{ cert: string; key: string }>,
): Promise<Pair> {
  const maker = await import('./make.ts'); // its library is loaded when it is needed: every 60 days
  const { cert, key } = await make(maker);
  write(join(keys, `${name}.key`), key);
  write(join(folder, `${name}.pem`), cert);
  return { cert, key, parsed: new X509Certificate(cert) };
}

/** Writes in one step, for this user alone. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** A certificate and its key; undefined when there are none, or they cannot be read. */
function readPair({ folder, keys, name }: Files): Pair | undefined {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(keys, `${name}.key`)];
  if (!existsSync(certFile) || !existsSync(keyFile)) return undefined;
  try {
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
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

/** How node:crypto writes a name of a certificate. */
function altName(host: string): string {
  return `${isIP(host) === 0 ? 'DNS' : 'IP Address'}:${host}`;
}
