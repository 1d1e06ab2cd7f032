// What the routers cost: a small static file from the site, requested directly and through three routers, alternately.
// A whole lab runs as `npm start` does, traced, spans stored; one process runs all routers. Connections are kept.
//
//   npm run bench router [seconds]

import { connect, type Socket } from 'node:net';
import { encodeProxyHeader, hopsField } from '../runtime/net/proxy-protocol.ts';
import { type Lab, startLab } from '../tests/lab.ts';
import { median } from '../traces/median.ts';

const ROUNDS = 5;
const CONNECTIONS = 64;
const REQUEST = 'GET /static/style.css HTTP/1.1\r\nhost: tatis.test\r\n\r\n';
const HEADER = encodeProxyHeader({
  addresses: { source: { host: '127.0.0.1', port: 1 }, destination: { host: '203.0.113.10', port: 80 } },
  fields: [hopsField(8)],
});

/** Prints requests a second both ways, and their ratio. */
export async function main([seconds = '3']: string[]): Promise<void> {
  const lab = await startLab();
  const found: Record<'direct' | 'routers', number[]> = { direct: [], routers: [] };
  try {
    for (const how of ['direct', 'routers'] as const) await measure(lab, how, 1); // compiles code
    for (let round = 0; round < ROUNDS; round++) {
      for (const how of ['direct', 'routers'] as const) found[how].push(await measure(lab, how, Number(seconds)));
    }
  } finally {
    await lab.stop();
  }
  console.log(`directly                 ${median(found.direct).toFixed(0).padStart(6)} requests a second`);
  console.log(
    `through three routers    ${median(found.routers).toFixed(0).padStart(6)} requests a second   ${(median(found.routers) / median(found.direct)).toFixed(2)} × directly`,
  );
}

async function measure(lab: Lab, how: 'direct' | 'routers', seconds: number): Promise<number> {
  const { ports } = lab.config;
  const port = how === 'direct' ? ports.WAYBILL_SITE_PORT : ports.WAYBILL_ROUTER_CORNER_PORT;
  const ending = performance.now() + seconds * 1000;
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => ask(port, how === 'routers' ? HEADER : Buffer.alloc(0), ending)),
  );
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

/** Asks over one connection, again and again until `ending`; resolves with how often. Every answer is as long as the first. */
function ask(port: number, header: Buffer, ending: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let expected = 0;
    let received = 0;
    let count = 0;
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (expected === 0) expected = lengthOf(chunk);
      if (received < expected) return;
      if (received > expected) return void socket.destroy(new Error('answers of different lengths'));
      count++;
      received = 0;
      if (performance.now() < ending) return void socket.write(REQUEST);
      socket.destroy();
      resolve(count);
    });
    socket.write(header);
    socket.write(REQUEST);
  });
}

function lengthOf(answer: Buffer): number {
  const head = answer.toString('latin1').split('\r\n\r\n')[0] ?? '';
  const body = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || body === undefined) throw new Error(`not the file: ${head}`);
  return head.length + 4 + Number(body);
}
