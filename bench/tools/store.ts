// The embedded trace store alone, as the lab runs it, and what is sent to it and asked of it.

import { type ChildProcess, fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { services } from '../../otel/contract/services.ts';
import { freePortVariables } from '../../tests/lab.ts';
import { ready } from './process.ts';

/** A store's process, where it takes exports, and where it is asked. */
export type Store = { process: ChildProcess; otlp: string; query: string };

const agent = new Agent({ keepAlive: true });

/** Starts one that keeps its files in `home`. */
export async function startStore(home: string): Promise<Store> {
  const ports = await freePortVariables();
  const child = fork(new URL('../../services/store/main.ts', import.meta.url), {
    env: {
      ...process.env,
      ...ports,
      WAYBILL_LOG_LEVEL: 'warn',
      WAYBILL_HOME: home,
      NODE_COMPILE_CACHE: join(home, 'compiled'),
      WAYBILL_STORE_MEGABYTES: '100000',
      WAYBILL_STORE_DAYS: '1000',
    },
    execArgv: [...services.store.options],
  });
  await ready(child);
  return {
    process: child,
    otlp: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
    query: `http://127.0.0.1:${ports.WAYBILL_JAEGER_PORT}`,
  };
}

/** Sends an export; throws where it is not taken. */
export async function post({ otlp }: Store, body: Buffer, format: 'protobuf' | 'json'): Promise<void> {
  const type = format === 'json' ? 'application/json' : 'application/x-protobuf';
  const status = await ask(`${otlp}/v1/traces`, body, type);
  if (status !== 200) throw new Error(`an export was answered ${status}`);
}

/** Asks for `path` and reads the answer to its end; throws where its status is not `expected`. */
export async function get({ query }: Store, path: string, expected = 200): Promise<void> {
  const status = await ask(query + path);
  if (status !== expected) throw new Error(`${path} answered ${status}`);
}

function ask(url: string, body?: Buffer, type = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': type, 'content-length': body.length } : {};
    request(url, { agent, method: body ? 'POST' : 'GET', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });
}
