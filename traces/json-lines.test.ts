import { expect, test } from 'vitest';
import { readJsonLines } from './json-lines.ts';

const stream = (...parts: string[]) => {
  const bytes = parts.map((part) => new TextEncoder().encode(part));
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const part of bytes) controller.enqueue(part);
      controller.close();
    },
  });
};
const valuesOf = (body: Parameters<typeof readJsonLines>[0]) => Array.fromAsync(readJsonLines(body));

test('a line that comes in pieces is one value', async () => {
  expect(await valuesOf(stream('{"a":', '1}\n{"b"', ':2}\n'))).toEqual([{ a: 1 }, { b: 2 }]);
});

test('the last line needs no end, and empty lines are passed over', async () => {
  expect(await valuesOf(stream('1\n\n \n2'))).toEqual([1, 2]);
});

test('a character in two pieces is whole', async () => {
  const bytes = new TextEncoder().encode('"é"\n');
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes.slice(0, 2));
      controller.enqueue(bytes.slice(2));
      controller.close();
    },
  });
  expect(await valuesOf(body)).toEqual(['é']);
});

test('no body has no values', async () => {
  expect(await valuesOf(null)).toEqual([]);
});
