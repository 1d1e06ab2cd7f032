// Debian's nginx as people run it, in one process: an access log that is buffered, files sent by the kernel.

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian puts it. */
export const NGINX = '/usr/sbin/nginx';

/** Starts one that listens on `port`, keeps its files in `home`, and answers as `locations` say (nginx's own words). */
export function startNginx(home: string, port: number, locations: string): ChildProcess {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const file = join(home, 'nginx.conf');
  writeFileSync(
    file,
    `
    daemon off; master_process off; pid ${home}/nginx.pid;
    events { worker_connections 1024; }
    http {
      include /etc/nginx/mime.types; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temporary.join(' ')}
      access_log ${home}/nginx.log combined buffer=64k flush=1s;
      server { listen 127.0.0.1:${port}; ${locations} }
    }`,
  );
  return spawn(NGINX, ['-c', file, '-e', join(home, 'error.log')], { stdio: ['ignore', 'ignore', 'inherit'] });
}
