// The lab's own certificate authority, and a certificate for each site: made at first start, kept in a folder that only this
// user can read, and made anew when they are near their end, damaged, or for other names. Nothing is ever installed in the
// machine's trust store: whoever is to believe them is given ca.pem (npm run ca).

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** What a certificate is made wrong on purpose for: to be seen refused. */
export type Flaw = 'expired' | 'self-signed' | 'untrusted-root';

/** A site and the names by which it is asked; `127.0.0.1` may be among them. */
export type NamedSite = { name: string; hosts: readonly string[]; flaw?: Flaw };

/** A certificate in PEM with its key, and for which names. */
export type Certificate = { hosts: readonly string[]; cert: string; key: string };

export type Certificates = {
  /** The authority's certificate, which clients are given. */
  authority: string;
  /** In the order of the sites; the first is shown to whoever names none. */
  sites: Certificate[];
};

const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
const SITE_DAYS = 90;
/** A third of a certificate's life before its end, as certbot has it. */
const RENEW_DAYS = 30;

/**
 * Reads the certificates in `folder`; makes those that are missing, and what cannot be used any more. The authority is there as
 * well, or in a folder of its own (`from`), which is only read: a secret that several web servers share. Throws an Error when
 * there is none in that.
 */
export async function prepareCertificates(
  folder: string,
  sites: readonly NamedSite[],
  { from = folder, now = Date.now() }: { from?: string; now?: number } = {},
): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const authority = await authorityIn(from, { isOwn: from === folder, now });
  const certificates: Certificate[] = [];
  for (const { name, hosts, flaw } of sites) {
    const own = readPair(folder, name);
    const isGood =
      own !== undefined &&
      (flaw === 'expired' || isFresh(own.parsed, now)) &&
      (isOfOthers(flaw) || own.parsed.verify(authority.parsed.publicKey)) &&
      hosts.every((host) => own.parsed.subjectAltName?.includes(entryOf(host)));
    const pair = isGood
      ? own
      : await makePair(folder, name, async (make) => {
          const begin = flaw === 'expired' ? now - (SITE_DAYS + 1) * DAY : now;
          const life = SITE_DAYS * DAY;
          if (flaw === 'self-signed') return make.site(undefined, hosts, begin, life);
          if (flaw !== 'untrusted-root') return make.site(authority, hosts, begin, life);
          const stranger = await make.authority(begin, AUTHORITY_DAYS * DAY, 'CN=An authority that nobody knows');
          return make.site(stranger, hosts, begin, life);
        });
    certificates.push({ hosts, cert: pair.cert, key: pair.key });
  }
  return { authority: authority.cert, sites: certificates };
}

/** Whether somebody other than the lab's authority vouches for it. */
function isOfOthers(flaw: Flaw | undefined): boolean {
  return flaw === 'self-signed' || flaw === 'untrusted-root';
}

/** Makes an authority in `folder`, unless there is one that is good for a while yet; resolves with its certificate in PEM. */
export async function makeAuthority(folder: string, now = Date.now()): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (await authorityIn(folder, { isOwn: true, now })).cert;
}

async function authorityIn(folder: string, { isOwn, now }: { isOwn: boolean; now: number }): Promise<Pair> {
  const kept = readPair(folder, 'ca');
  if (kept?.parsed.ca && isFresh(kept.parsed, now)) return kept;
  if (!isOwn)
    throw new Error(`${folder}: no authority that is good for 30 days yet (WAYBILL_CA_DIR): npm run ca -- --make`);
  return makePair(folder, 'ca', (make) => make.authority(now, AUTHORITY_DAYS * DAY));
}

type Pair = { cert: string; key: string; parsed: X509Certificate };
type Maker = typeof import('./make.ts');

async function makePair(
  folder: string,
  name: string,
  make: (maker: Maker) => Promise<{ cert: string; key: string }>,
): Promise<Pair> {
  const maker = await import('./make.ts'); // its library is loaded when it is needed: every 60 days
  const { cert, key } = await make(maker);
  write(join(folder, `${name}.key`), key);
  write(join(folder, `${name}.pem`), cert);
  return { cert, key, parsed: new X509Certificate(cert) };
}

/** Writes in one step, for this user alone. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** A certificate and its key as they are kept; undefined when there are none, or they cannot be read. */
function readPair(folder: string, name: string): Pair | undefined {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  if (!existsSync(certFile) || !existsSync(keyFile)) return undefined;
  try {
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    const parsed = new X509Certificate(cert);
    return parsed.checkPrivateKey(createPrivateKey(key)) ? { cert, key, parsed } : undefined;
  } catch {
    return undefined;
  }
}

function isFresh({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && Date.parse(validTo) - now > RENEW_DAYS * DAY;
}

/** How node:crypto writes a name among those of a certificate. */
function entryOf(host: string): string {
  return `${isIP(host) === 0 ? 'DNS' : 'IP Address'}:${host}`;
}
