// The embedded trace store: takes OTLP on one port and answers Jaeger's query API on another. See README.md.

import { createServer } from 'node:http';
import { guarded } from '../../runtime/http/guard.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { StoreConfig } from './config.ts';
import { createQueryApi } from './query/api.ts';
import { createReceiver } from './receive/receiver.ts';
import { createSqliteStorage } from './storage/sqlite.ts';
import type { Storage } from './storage/storage.ts';

/** Makes a store over `storage`, the file of `config` unless given. `listen` resolves with both ports. */
export function createStore(config: StoreConfig, storage: Storage = createSqliteStorage(config.storage)) {
  const { allowedHosts: hosts } = config;
  const { origins } = config.receiver;
  const receiver = createServer(guarded(createReceiver(storage, config.receiver), { hosts, origins }));
  const query = createServer(guarded(createQueryApi(storage, config.pageUrl), { hosts }));
  return {
    async listen(): Promise<{ otlp: number; query: number }> {
      return { otlp: await listen(receiver, config.otlp), query: await listen(query, config.query) };
    },
    /** Takes no more, answers what is in hand, and closes the file. */
    async close(): Promise<void> {
      await Promise.all([closeServer(receiver), closeServer(query)]);
      await storage.close();
    },
  };
}
