// kill -9 in the middle of 100,000 spans: whatever was acknowledged must be there after the next start.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePortVariables } from '../../lab/fixture.ts';
import { exportOf, traceIdOf } from '../../tests/support/store/spans.ts';
import { NO_BOUNDS } from '../../tests/support/store/store.ts';
import { encodeObject } from './otlp/encode.ts';
import { MESSAGES } from './otlp/message.ts';
import { createSqliteStorage } from './storage/sqlite.ts';

const SPANS = 100_000;
const SPANS_A_TRACE = 10;
const TRACES_AN_EXPORT = 50;
const KILLED_AFTER = 60_000;

test('no span that was acknowledged is lost', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-store-'));
  const ports = await freePortVariables();
  const store = fork(join(import.meta.dirname, 'main.ts'), {
    env: { ...process.env, ...ports, WAYBILL_HOME: home },
    execArgv: [],
  });
  onTestFinished(() => {
    store.kill('SIGKILL');
    rmSync(home, { recursive: true });
  });
  await once(store, 'message');

  const exports = Array.from({ length: SPANS / SPANS_A_TRACE / TRACES_AN_EXPORT }, (_, index) => index);
  const acknowledged: number[] = [];
  const sender = async () => {
    for (let each = exports.shift(); each !== undefined; each = exports.shift()) {
      const answer = await fetch(`http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: encodeObject(MESSAGES.TracesData, exportOf(spansOf(each))),
      });
      if (answer.status === 200) acknowledged.push(each);
      if (acknowledged.length * TRACES_AN_EXPORT * SPANS_A_TRACE >= KILLED_AFTER) store.kill('SIGKILL');
    }
  };
  await Promise.allSettled([sender(), sender(), sender(), sender()]);
  expect(acknowledged.length * TRACES_AN_EXPORT * SPANS_A_TRACE).toBeGreaterThanOrEqual(KILLED_AFTER);
  expect(exports.length).toBeGreaterThan(0); // it was killed in the middle

  const storage = createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS });
  onTestFinished(() => storage.close());
  const traces = new Set(acknowledged.flatMap(spansOf).map(({ trace }) => trace));
  const lost = [...traces].filter((trace) => storage.trace(traceIdOf(trace))?.spanCount !== SPANS_A_TRACE);
  expect(lost).toEqual([]);
});

function spansOf(index: number) {
  return Array.from({ length: TRACES_AN_EXPORT * SPANS_A_TRACE }, (_, each) => ({
    trace: 1 + index * TRACES_AN_EXPORT + Math.floor(each / SPANS_A_TRACE),
    span: 1 + (each % SPANS_A_TRACE),
  }));
}
