// For tests alone: a PostgreSQL of their own, on a free port, deleted at the end; Debian's package, if it is installed.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../../runtime/net/listen.ts';

/** The folder of its programs; undefined: not installed. */
const bin = globSync('/usr/lib/postgresql/*/bin/initdb')
  .at(-1)
  ?.replace(/\/initdb$/, '');

/** Why there is no PostgreSQL to test with; undefined if there is. */
export const noPostgresql = bin === undefined ? 'Debian’s postgresql is not installed' : undefined;

/** Starts one, with an empty database; resolves with its address. */
export async function startPostgresql(): Promise<{ url: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-postgresql-'));
  const user = plainUser();
  if (user) chownSync(home, user.uid, user.gid);
  const data = join(home, 'data');
  const port = await freePort();
  execFileSync(`${bin}/initdb`, ['-D', data, '-U', 'waybill', '-A', 'trust', '--no-sync', '-E', 'UTF8'], {
    cwd: home,
    stdio: 'ignore',
    ...user,
  });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'fsync=off'];
  const server = spawn(`${bin}/postgres`, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    cwd: home,
    stdio: 'ignore',
    ...user,
  });
  const url = `postgresql://waybill@127.0.0.1:${port}/postgres`;
  await waitUntilUp(url, server);
  return {
    url,
    async stop() {
      server.kill('SIGQUIT');
      await once(server, 'exit');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The user to run as: PostgreSQL refuses to run as root. */
function plainUser(): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function waitUntilUp(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended (${server.exitCode})`);
    const client = new pg.Client(url);
    try {
      await client.connect();
      return await client.end();
    } catch {
      await delay(50);
    }
  }
}
