import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('without a folder the answer has a reason', async () => {
  expect(await readLogs(ID, undefined)).toMatchObject({ logs: [], reason: expect.any(String) });
});
