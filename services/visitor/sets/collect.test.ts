import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { SetLine } from '../api.ts';
import { type Collected, collectSets } from './collect.ts';

const order = { sides: [{ scenario: 'static' }, { scenario: 'dynamic', start: 'cold' as const }], times: 9 };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const visit = (side: number, index: number, failure: string | null = null): SetLine => {
  const sample = failure === null ? { traceId: `${side}${index}`, index, total: 5, stages: {} } : null;
  return { type: 'visit', side, index, sample, failure };
};
const begun: SetLine[] = [
  { type: 'begin', sets: ['aaaaaaaa', 'bbbbbbbb'] },
  visit(0, 0),
  visit(1, 0),
  visit(1, 1),
  visit(0, 1),
];

/** Collects what a visitor sends that writes `lines` and then does `last` with its response. */
async function collect(
  lines: readonly SetLine[],
  last: (response: ServerResponse) => void,
  { stop = new AbortController(), onProgress = (_: Collected) => {} } = {},
): Promise<Collected> {
  const server = createServer((_, response) => {
    response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), () => last(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const open = () => fetch(`http://127.0.0.1:${port}/sets`, { method: 'POST', signal: stop.signal });
  return collectSets(order, open, { signal: stop.signal, onProgress });
}

const counts = ({ sets }: Collected) => sets.map(({ samples, failures }) => [samples.length, failures.length]);

test('the first round is not counted, failures are apart', async () => {
  const lines: SetLine[] = [...begun, visit(0, 2, '503'), visit(1, 2), { type: 'end' }];
  const collected = await collect(lines, (response) => response.end());
  expect([counts(collected), collected.problem]).toEqual([
    [
      [1, 1],
      [2, 0],
    ],
    '',
  ]);
  expect(collected.sets.map(({ id, name, start }) => [id, name, start])).toEqual([
    ['aaaaaaaa', 'static', 'warm'],
    ['bbbbbbbb', 'dynamic', 'cold'],
  ]);
});

test.for([
  ['breaks the connection', (response: ServerResponse) => response.destroy()],
  ['ends the response', (response: ServerResponse) => response.end()],
  ['ends it within a line', (response: ServerResponse) => response.socket?.end('4\r\n{"ty')],
] as const)('a visitor that %s in the middle: what was measured, and why it is not all', async ([, goAway]) => {
  const collected = await collect(begun, goAway);
  expect(counts(collected)).toEqual([
    [1, 0],
    [1, 0],
  ]);
  expect(collected.problem).toBe('The lab stopped answering before the last request. This was measured until then.');
});

test('an error that the visitor reports in the middle, such as a trace store that stopped', async () => {
  const error = { code: 'traces_unavailable', message: 'The trace store does not answer' };
  const collected = await collect([...begun, { type: 'error', error }], (response) => response.end());
  expect([counts(collected), collected.problem]).toEqual([
    [
      [1, 0],
      [1, 0],
    ],
    error.message,
  ]);
});

test('what was measured before it was stopped', async () => {
  const stop = new AbortController();
  const onProgress = ({ sets }: Collected) => sets[0]?.samples.length === 1 && stop.abort();
  const collected = await collect(begun, () => {}, { stop, onProgress });
  expect([counts(collected), collected.problem]).toEqual([
    [
      [1, 0],
      [1, 0],
    ],
    '',
  ]);
});

test('a visitor that refuses: the error of the request', async () => {
  const open = async () => Promise.reject(new Error('times takes 1 to 200'));
  const refused = collectSets(order, open, { signal: new AbortController().signal, onProgress: () => {} });
  await expect(refused).rejects.toThrow('times takes 1 to 200');
});
