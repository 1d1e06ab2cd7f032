// What TLS costs the proxy, untraced, beside nginx (Debian's, one process) with the same certificate and ciphers: handshakes, one
// after another, by openssl; and a small file over kept connections, plain and by TLS, by wrk. CPU is that of the server alone.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CIPHERS } from '../runtime/net/tls.ts';
import { startNginx, writeStaticFiles } from './tools/nginx.ts';
import { requirePrograms } from './tools/process.ts';
import { createServices } from './tools/services.ts';
import { type Effort, inTurns, printFigures, type System } from './tools/turns.ts';
import { wrk } from './tools/wrk.ts';

const FILE = '/static/small.css';
const CONNECTIONS = 32;

type Server = { name: string; pid: number | undefined; plain: number; tls: number };

const CASES: Record<string, (server: Server) => System['run']> = {
  'handshakes, TLS 1.3': ({ tls }) => handshakes(tls, '-tls1_3', '-new'),
  'handshakes, TLS 1.2': ({ tls }) => handshakes(tls, '-tls1_2', '-new'),
  'handshakes, TLS 1.2, resumed': ({ tls }) => handshakes(tls, '-tls1_2', '-reuse'),
  'file, plain': ({ plain }) => wrk(`http://127.0.0.1:${plain}${FILE}`, CONNECTIONS),
  'file, TLS': ({ tls }) => wrk(`https://127.0.0.1:${tls}${FILE}`, CONNECTIONS),
};

export async function main(effort: Effort): Promise<void> {
  requirePrograms(['wrk', 'openssl', '/usr/sbin/nginx'], 'wrk openssl nginx');
  const [lab, other] = [await createServices(), await createServices()];
  try {
    const files = writeStaticFiles(lab.home);
    const proxy = await lab.start('proxy', { WAYBILL_STATIC_ROOT: files });
    const portsOf = ({ ports }: typeof lab) => ({
      plain: Number(ports.WAYBILL_SITE_PORT),
      tls: Number(ports.WAYBILL_TLS_PORT),
    });
    const { plain, tls } = portsOf(other);
    const ciphers = CIPHERS.split(':').filter((cipher) => !cipher.startsWith('TLS_')); // those of TLS 1.3 are fixed
    const certificate = join(lab.home, 'tls/tatis.test');
    const locations = `listen 127.0.0.1:${tls} ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${ciphers.join(':')};
      ssl_certificate ${certificate}.pem; ssl_certificate_key ${certificate}.key;
      location /static/ { alias ${files}/; expires 60; }`;
    const nginx = lab.add(startNginx(lab.home, plain, locations));
    const servers: Server[] = [
      { name: 'nginx', pid: nginx.pid, plain, tls },
      { name: 'proxy', pid: proxy.pid, ...portsOf(lab) },
    ];
    for (const [what, run] of Object.entries(CASES)) {
      const systems = servers.map((server) => ({ name: server.name, run: run(server), processes: () => [server] }));
      printFigures(what, await inTurns(systems, effort));
    }
  } finally {
    await lab.stop();
    await other.stop();
  }
}

function handshakes(port: number, ...options: string[]): System['run'] {
  return async (seconds) => {
    const args = ['s_time', '-connect', `127.0.0.1:${port}`, '-time', String(seconds), ...options];
    const { stdout } = await promisify(execFile)('openssl', args);
    const [, count, real] = /(\d+) connections in (\d+) real seconds/.exec(stdout) ?? [];
    if (!Number(count)) throw new Error(`openssl made no handshake:\n${stdout}`);
    return { requests: Number(count), rate: Number(count) / Number(real) };
  };
}
