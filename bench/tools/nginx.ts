// Debian's nginx as people run it: an access log that is buffered, files sent by the kernel.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian puts it. */
export const NGINX = '/usr/sbin/nginx';

/** Starts one that listens on `port`, keeps its files in `home`, and has `locations` (its configuration): in one process, or in `workers` processes and their master. */
export function startNginx(home: string, port: number, locations: string, workers = 0): ChildProcess {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const file = join(home, 'nginx.conf');
  writeFileSync(
    file,
    `
    daemon off; ${workers === 0 ? 'master_process off' : `user root; worker_processes ${workers}`}; pid ${home}/nginx.pid;
    events { worker_connections 1024; }
    http {
      include /etc/nginx/mime.types; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temporary.join(' ')}
      access_log ${home}/nginx.log combined buffer=64k flush=1s;
      server { listen 127.0.0.1:${port}; ${locations} }
    }`,
  );
  return spawn(NGINX, ['-c', file, '-e', join(home, 'error.log')], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Two files to serve, in `home`/static: small.css and large.bin (1 MiB). */
export function writeStaticFiles(home: string): string {
  const files = join(home, 'static');
  mkdirSync(files);
  writeFileSync(join(files, 'small.css'), 'body { color: rebeccapurple }\n'.repeat(20));
  writeFileSync(join(files, 'large.bin'), Buffer.alloc(1_048_576, 'abc'));
  return files;
}

/** `nginx 1.22.1`. */
export function nginxVersion(): string {
  const { stderr } = spawnSync(NGINX, ['-v'], { encoding: 'utf8' });
  return stderr.trim().replace('nginx version: nginx/', 'nginx ');
}
