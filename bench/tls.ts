// What TLS costs, beside nginx (Debian's, one process) with the same certificate and ciphers: handshakes a second, asked for
// by Debian's openssl, one after another; and a small file over kept connections, plain and by TLS, asked for by wrk. Rates
// depend on what the client needs meanwhile; CPU time is the server's own.
//
//   npm run bench tls [seconds each] [rounds]      needs /usr/sbin/nginx, wrk, openssl, and Linux

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CIPHERS } from '../runtime/net/tls.ts';
import { freePortVariables } from '../tests/lab.ts';
import { median } from '../traces/median.ts';
import { startNginx } from './tools/nginx.ts';
import { cpuSeconds, ready, stop } from './tools/process.ts';
import { wrk } from './tools/wrk.ts';

const ROOT = join(import.meta.dirname, '..');
const FILE = '/static/small.css';

type Server = { name: string; process: ChildProcess; plain: number; tls: number };
/** How often a second something was done, and what each cost the server, in µs of CPU. */
type Figure = { rate: number; cpu: number };

const HANDSHAKES: Record<string, string[]> = {
  'TLS 1.3': ['-tls1_3', '-new'],
  'TLS 1.2': ['-tls1_2', '-new'],
  'TLS 1.2, resumed': ['-tls1_2', '-reuse'],
};

/** Prints medians of all rounds, and their ratios. */
export async function main([seconds = '3', rounds = '5']: string[] = []): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const servers = await start(home);
  const found = new Map<string, Figure[]>();
  try {
    for (let round = 0; round <= Number(rounds); round++) {
      for (const server of servers) {
        for (const [what, measure] of Object.entries(measures(server, Number(seconds)))) {
          const figure = await measureOf(server, measure);
          const key = `${what} ${server.name}`;
          if (round > 0) found.set(key, [...(found.get(key) ?? []), figure]); // the first compiles
        }
      }
    }
  } finally {
    for (const { process } of servers) await stop(process);
    rmSync(home, { recursive: true });
  }
  const middle = (what: string, { name }: Server): Figure => {
    const figures = found.get(`${what} ${name}`) ?? [];
    return { rate: median(figures.map(({ rate }) => rate)), cpu: median(figures.map(({ cpu }) => cpu)) };
  };
  const [nginx, proxy] = servers as [Server, Server];
  for (const what of Object.keys(measures(nginx, 0))) {
    const [theirs, ours] = [middle(what, nginx), middle(what, proxy)];
    const compared = `${(ours.rate / theirs.rate).toFixed(2)} (by CPU ${(theirs.cpu / ours.cpu).toFixed(2)})`;
    console.log(`${what.padEnd(30)} nginx ${told(theirs)}   proxy ${told(ours)} = ${compared}`);
  }
  for (const server of servers) {
    const cost = middle('file, TLS', server).cpu - middle('file, plain', server).cpu;
    console.log(`${'a request costs more'.padEnd(30)} ${server.name} ${cost.toFixed(0)} µs CPU under TLS`);
  }
}

function told({ rate, cpu }: Figure): string {
  return `${rate.toFixed(0).padStart(6)}/s ${cpu.toFixed(0).padStart(5)} µs CPU`;
}

/** What is measured of each: how often it is done, and in how many seconds. */
function measures({ plain, tls }: Server, seconds: number) {
  const file = (url: string) => async () => {
    const { requests, rate } = await wrk(url + FILE, { connections: 32, seconds });
    return { count: requests, rate };
  };
  const handshakes = Object.entries(HANDSHAKES).map(
    ([name, options]) => [`handshakes, ${name}`, () => shake(tls, options, seconds)] as const,
  );
  return Object.fromEntries([
    ...handshakes,
    ['file, plain', file(`http://127.0.0.1:${plain}`)],
    ['file, TLS', file(`https://127.0.0.1:${tls}`)],
  ]) as Record<string, () => Promise<{ count: number; rate: number }>>;
}

async function measureOf(
  { process }: Server,
  measure: () => Promise<{ count: number; rate: number }>,
): Promise<Figure> {
  const before = cpuSeconds(process);
  const { count, rate } = await measure();
  return { rate, cpu: ((cpuSeconds(process) - before) / count) * 1e6 };
}

async function shake(port: number, options: string[], seconds: number): Promise<{ count: number; rate: number }> {
  const args = ['s_time', '-connect', `127.0.0.1:${port}`, '-time', String(seconds), ...options];
  const { stdout } = await promisify(execFile)('openssl', args);
  const [, count, real] = /(\d+) connections in (\d+) real seconds/.exec(stdout) ?? [];
  if (!Number(count)) throw new Error(`openssl shook no hands:\n${stdout}`);
  return { count: Number(count), rate: Number(count) / Number(real) };
}

/** nginx and the proxy, untraced, with the certificate that the proxy has made. */
async function start(home: string): Promise<Server[]> {
  const files = join(home, 'static');
  mkdirSync(files);
  writeFileSync(join(files, 'small.css'), 'body { color: rebeccapurple }\n'.repeat(20));
  const [ports, others] = [await freePortVariables(), await freePortVariables()];
  const proxy = spawn(process.execPath, ['services/proxy/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...ports,
      WAYBILL_HOME: home,
      WAYBILL_STATIC_ROOT: files,
      WAYBILL_ACCESS_LOG: join(home, 'proxy.log'),
    },
  });
  await ready(proxy);
  const [plain, tls] = [Number(others.WAYBILL_SITE_PORT), Number(others.WAYBILL_TLS_PORT)];
  const old = CIPHERS.split(':').filter((cipher) => !cipher.startsWith('TLS_'));
  const nginx = startNginx(
    home,
    plain,
    `listen 127.0.0.1:${tls} ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${old.join(':')};
     ssl_certificate ${home}/tls/tatis.test.pem; ssl_certificate_key ${home}/tls/tatis.test.key;
     location /static/ { alias ${files}/; expires 60; }`,
  );
  return [
    { name: 'nginx', process: nginx, plain, tls },
    { name: 'proxy', process: proxy, plain: Number(ports.WAYBILL_SITE_PORT), tls: Number(ports.WAYBILL_TLS_PORT) },
  ];
}

if (import.meta.main) await main(process.argv.slice(2));
