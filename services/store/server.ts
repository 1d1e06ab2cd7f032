// The embedded trace store: receives OTLP on one port and answers Jaeger's query API on another. See README.md.

import { createHttpServer } from '../../runtime/http/server.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { StoreConfig } from './config.ts';
import { createQueryApi } from './query/api.ts';
import { createReceiver } from './receive/receiver.ts';
import { createSqliteStorage } from './storage/sqlite.ts';
import type { Storage } from './storage/storage.ts';

/** Of each port: how many connections, and how long a client may take to send its headers and to read from its response, in ms. */
const BOUNDS = {
  connections: 256,
  headersTimeout: 5000,
  connectionsCheckingInterval: 1000,
  sendTimeout: 20_000,
  keepAliveTimeout: 75_000,
};

/** Makes a store over `storage`, the file of `config` unless given. `listen` resolves with both ports. */
export function createStore(config: StoreConfig, storage: Storage = createSqliteStorage(config.storage)) {
  const { allowedHosts: hosts } = config;
  const { origins } = config.receiver;
  const receive = createReceiver(storage, config.receiver);
  const receiver = createHttpServer({ ...BOUNDS, guard: { hosts, origins } }, receive);
  const query = createHttpServer({ ...BOUNDS, guard: { hosts } }, createQueryApi(storage, config.pageUrl));
  return {
    async listen(): Promise<{ otlp: number; query: number }> {
      return { otlp: await listen(receiver, config.otlp), query: await listen(query, config.query) };
    },
    /** Accepts no more, answers the requests in progress, and closes the file. */
    async close(): Promise<void> {
      await Promise.all([closeServer(receiver), closeServer(query)]);
      await storage.close();
    },
  };
}
