import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readLogs } from './logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-logs-'));
const ID = 'ab'.repeat(16);
const line = (time: number, msg: string, traceId = ID) =>
  `${JSON.stringify({ time, level: 30, msg, service: 'proxy', trace_id: traceId })}\n`;

beforeAll(() => {
  const others = line(5, 'x'.repeat(1000), 'cd'.repeat(16)).repeat(1500);
  writeFileSync(join(folder, 'proxy.log'), `${line(2, 'second')}${others}not JSON ${ID}\n${line(3, 'third')}`);
  writeFileSync(join(folder, 'app.log'), `${line(1, 'first')}${line(4, 'last').trimEnd()}`);
  writeFileSync(join(folder, 'notes.txt'), line(0, 'of no service'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the lines of a trace are found in all files, across chunk boundaries, oldest first', async () => {
  const { logs } = await readLogs(ID, folder);
  expect(logs.map(({ message }) => message)).toEqual(['first', 'second', 'third', 'last']);
});

const access = (agent: string, traceId = ID) =>
  `127.0.0.1 - - [21/Nov/2026:08:42:40 +0000] "GET / HTTP/1.1" 200 512 "-" "${agent}" trace=${traceId} span=${'5b'.repeat(8)} rt=0.011 ut=0.010`;

test('a line of the access log is of its span; what a client writes into it does not count', async () => {
  const log = mkdtempSync(join(tmpdir(), 'waybill-access-'));
  onTestFinished(() => rmSync(log, { recursive: true }));
  const forged = access(`trace=${ID} span=${'5b'.repeat(8)} rt=1 ut=1`, 'cd'.repeat(16));
  writeFileSync(join(log, 'proxy.log'), `${access('curl')}\n${forged}\n`);
  expect((await readLogs(ID, log)).logs).toEqual([
    {
      ...{ time: Date.UTC(2026, 10, 21, 8, 42, 40), service: 'proxy', level: 'info', fields: {} },
      ...{ message: access('curl'), spanId: '5b'.repeat(8) },
    },
  ]);
});

test('without a folder the answer has a reason', async () => {
  expect(await readLogs(ID, undefined)).toMatchObject({ logs: [], reason: expect.any(String) });
});
