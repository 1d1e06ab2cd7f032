// Warms up the code of a router before it listens: connections of its own, to a next hop that sends back what it receives.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { canWarmUp, WARM_UP_SPAN } from '../../otel/warm-up.ts';
import { listenPrivately } from '../../runtime/net/listen.ts';
import { encodeProxyHeader, hopsField, traceField } from '../../runtime/net/proxy-protocol.ts';
import { warmUp } from '../../runtime/warm-up.ts';
import type { RouterConfig } from './config.ts';
import { createRouter } from './router.ts';

const CONNECTIONS = 20;
const SITE = { host: '203.0.113.10', port: 80 };

/** Has a router as the first one of `config` forward connections, each with a few bytes. */
export async function warmUpRouter(config: RouterConfig): Promise<void> {
  const [first] = config.run;
  if (!canWarmUp() || first === undefined) return;
  const nextHop = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  const reached = { host: '127.0.0.1', port: await listenPrivately(nextHop) };
  const addresses = { locate: () => reached, has: () => true };
  const router = createRouter(first.router, { ...config, addresses });
  const port = await listenPrivately(router);
  const header = encodeProxyHeader({
    addresses: { source: reached, destination: SITE },
    fields: [traceField(WARM_UP_SPAN), hopsField(2)],
  });
  await warmUp(CONNECTIONS, async () => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {});
    socket.end(Buffer.concat([header, Buffer.from('a few bytes')]));
    await once(socket.resume(), 'close');
  });
  router.close();
  nextHop.close();
}
