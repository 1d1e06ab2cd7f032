// The lab's home (WAYBILL_HOME, .waybill): databases, logs, and the secret that signs session cookies. Only its user may
// read it: with the secret, or a session's key, anyone can sign in as any user.

import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder, reasonOf } from '../../runtime/folder.ts';
import { hasModes } from '../../runtime/platform/files.ts';
import { LabError } from '../cli/command.ts';
import { acquireLock } from '../deploy/lock.ts';

/** The lab's own files in its home; all other files stay as they are. */
const OURS = /^((site|traces)\.db.*|logs|static|compiled|sockets|laptop|clone|releases|site\.git|tls)$/;
const OTHERS = 0o077;
const STICKY = 0o1000;

/** Where the site's static files are collected to, and served from. */
export function staticFolder(home: string): string {
  return join(home, 'static');
}

/** Where the gateway keeps the learner's own app that is set. */
export function ownAppFile(home: string): string {
  return join(home, 'own-app.json');
}

/** Where logs are written, and the secret that signs session cookies. */
export type Home = { logs: string; secretKey: string };

/**
 * Makes the lab's home, for this user alone; one that others could read is closed to them. What this process and its
 * children write from now on only this user can read. Throws a LabError when the home cannot be used, or is not safe to.
 */
export function prepareHome(home: string): Home {
  process.umask(OTHERS);
  try {
    const logs = join(home, 'logs');
    if (existsSync(home)) checkOwner(home);
    makeFolder(logs);
    makeFolder(staticFolder(home)); // the web server may be ready before its files are collected
    const secretKey = readSecret(join(home, 'secret'));
    chmodSync(home, 0o700);
    for (const name of readdirSync(home).filter((each) => OURS.test(each))) close(join(home, name));
    for (const name of readdirSync(logs)) close(join(logs, name));
    return { logs, secretKey };
  } catch (error) {
    const { code, path = home } = error as NodeJS.ErrnoException;
    if (error instanceof LabError || code === undefined) throw error;
    throw new LabError(`${path} cannot be used (${reasonOf(error)}): ${REMEDY}.`);
  }
}

const REMEDY = 'set WAYBILL_HOME to a folder of your own, or move this one away';

function checkOwner(home: string): void {
  const found = statSync(home);
  if (!found.isDirectory()) throw new LabError(`${home} is a file, not a folder: ${REMEDY}.`);
  if (hasModes() && found.mode & STICKY) throw new LabError(`${home} is a folder that everybody shares: ${REMEDY}.`);
  if (isAnothers(found)) throw new LabError(`${home} belongs to another user (${found.uid}): ${REMEDY}.`);
}

/** Root may use what anybody owns. */
function isAnothers({ uid }: Stats): boolean {
  const own = process.getuid?.() ?? uid;
  return own !== 0 && uid !== own;
}

/**
 * Keeps `home` for this process until that ends; the function returned gives it back. Throws a LabError when another lab uses it: of
 * another version, that would have replaced the files that the other one reads.
 */
export function lockHome(home: string): () => void {
  const unlock = acquireLock(join(home, 'lab.lock'));
  if (unlock) return unlock;
  throw new LabError(`Another lab uses ${home}. Stop it, or set WAYBILL_HOME to another folder.`);
}

/**
 * Removes what belongs to a lab while it runs and was left in `home`, which this process has locked: the app that was set, and sockets,
 * which would be asked instead of the ports though their service has ended.
 */
export function removeLeftovers(home: string): void {
  rmSync(ownAppFile(home), { force: true });
  rmSync(join(home, 'sockets'), { recursive: true, force: true });
}

/** Takes from others what they may do with a file or folder of the lab. */
function close(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return;
  if (mode & OTHERS) chmodSync(path, mode & ~OTHERS & 0o7777);
  accessSync(path, constants.R_OK | constants.W_OK);
}

/** The secret in `file`, made if there is none. One that others can read is none any more. */
function readSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  const { mode } = statSync(file);
  const remedy = 'remove it, and the next start makes a new one; everybody signs in again';
  if (hasModes() && mode & OTHERS) {
    const digits = (mode & 0o777).toString(8).padStart(4, '0');
    throw new LabError(
      `${file} signs session cookies, and other users of this machine can read it (${digits}): ${remedy}.`,
    );
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new LabError(`${file} is empty: ${remedy}.`);
  return secret;
}
