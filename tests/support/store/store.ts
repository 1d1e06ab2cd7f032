// A store for a test: on free ports, with a file of its own or none.

import { createStore } from '../../../services/store/server.ts';
import { createSqliteStorage, type SqliteConfig } from '../../../services/store/storage/sqlite.ts';
import type { Storage } from '../../../services/store/storage/storage.ts';

export type TestStore = { otlp: string; query: string; close: () => Promise<void> };

export const NO_BOUNDS = { maxBytes: 1e9, maxAge: 1e12 };

/** SQLite without a file, and without bounds. */
export function memoryStorage(): Storage {
  return createSqliteStorage({ path: ':memory:', ...NO_BOUNDS });
}

/** Starts a store over `storage`, by default SQLite without a file. */
export async function startStore(
  storage: Storage = memoryStorage(),
  receiver: Partial<{ maxBody: number; maxWaiting: number; origins: string[] }> = {},
): Promise<TestStore> {
  const listening = (variable: string) => ({ host: '127.0.0.1', port: 0, variable });
  const config = {
    otlp: listening('WAYBILL_OTLP_PORT'),
    query: listening('WAYBILL_JAEGER_PORT'),
    allowedHosts: [],
    storage: {} as SqliteConfig,
    pageUrl: 'http://127.0.0.1:8190',
    receiver: { maxBody: 20e6, maxWaiting: 64e6, origins: [], ...receiver },
  };
  const store = createStore(config, storage);
  const ports = await store.listen();
  return { otlp: `http://127.0.0.1:${ports.otlp}`, query: `http://127.0.0.1:${ports.query}`, close: store.close };
}
