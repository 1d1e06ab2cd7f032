// A gateway and its workers for a test, run as `npm start` runs them; their spans are collected here, so that no loss goes unnoticed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { expect, vi } from 'vitest';
import { readLabConfig } from '../lab/config.ts';
import { COMPILED, freePortVariables } from '../lab/fixture.ts';
import { createLogs } from '../lab/runner/logs.ts';
import { processes } from '../lab/runner/processes.ts';
import { supervise } from '../lab/runner/supervisor.ts';
import { startCollector } from './collector.ts';

const AT_ONCE = 8;

export type Row = { worker: string; pid: number; state: string; served: number };

/** Starts a gateway and two workers, with `extra` variables. */
export async function startGatewayWithWorkers(extra: Record<string, string> = {}) {
  const collector = await startCollector();
  const home = mkdtempSync(join(tmpdir(), 'waybill-gateway-'));
  const config = readLabConfig({
    ...(await freePortVariables()),
    WAYBILL_HOME: home,
    NODE_COMPILE_CACHE: COMPILED,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const restarted: string[] = [];
  const listed = processes(config)
    .filter(({ service, name }) => service === 'gateway' || service === 'app' || name === 'migrate')
    .map((process) => ({
      ...process,
      environment: { ...process.environment, ...extra },
    }));
  const logs = createLogs(home, (reason) => expect.fail(reason));
  const lab = supervise(listed, logs.open, {
    ready: () => {},
    waiting: () => {},
    ended: (name) => restarted.push(name),
    back: () => {},
    gaveUp: (name, how) => expect.fail(`${name} was given up: ${how}`),
    reloaded: () => {},
    trouble: (name, message) => expect.fail(`${name}: ${message}`),
  });
  await lab.start();

  const control = `http://127.0.0.1:${config.ports.WAYBILL_GATEWAY_CONTROL_PORT}`;
  const client = new Pool(`http://127.0.0.1:${config.ports.WAYBILL_GATEWAY_PORT}`, { connections: AT_ONCE });
  const table = async () => ((await (await fetch(`${control}/workers`)).json()) as { workers: Row[] }).workers;
  const allIdle = async () => {
    const states = async () => (await table()).map(({ state }) => state);
    await vi.waitFor(async () => expect(await states()).toEqual(['idle', 'idle']));
  };

  /** Sends one request; resolves with its status, or with what is wrong with its page. */
  async function send(method: 'GET' | 'POST' = 'GET'): Promise<string> {
    const path = method === 'GET' ? '/' : '/accounts/login/';
    const { statusCode, body } = await client.request({ method, path, headers: { host: 'tatis.test' } });
    const text = await body.text();
    return statusCode === 200 && !text.includes('class="verdict"') ? 'a broken page' : String(statusCode);
  }

  /** Sends requests, 8 at a time, while `more` is true; resolves with how often each outcome came. */
  async function load(more: (sent: number) => boolean, methods: ('GET' | 'POST')[] = ['GET']) {
    const outcomes: Record<string, number> = {};
    let sent = 0;
    const sendOn = async () => {
      while (more(sent)) {
        const method = methods[sent++ % methods.length] ?? 'GET';
        const outcome = `${method} ${await send(method)}`;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
    return outcomes;
  }

  await allIdle();
  return {
    collector,
    /** Names of the workers that were started again, in order. */
    restarted,
    table,
    allIdle,
    send,
    load,
    /** Sets faults of the gateway, by their names: `{ fault: 'crash' }`. */
    set: (faults: object) => {
      const values = Object.entries(faults).map(([name, value]) => [`gateway.${name}`, value]);
      return fetch(`${control}/faults`, { method: 'PUT', body: JSON.stringify(Object.fromEntries(values)) });
    },
    putBack: () => fetch(`${control}/faults`, { method: 'DELETE' }),
    reload: () => fetch(`${control}/reload`, { method: 'POST' }),
    async stop() {
      await client.destroy();
      await lab.stop();
      collector.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
