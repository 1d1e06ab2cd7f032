// 20,000 bodies made from good ones by chance, always the same chance. Each must be refused or taken whole, and what is
// taken must be readable.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { decode } from '../otlp/decode.ts';
import { encode } from '../otlp/encode.ts';
import { MESSAGES } from '../otlp/message.ts';
import { assemble, spansIn } from '../storage/assemble.ts';
import { sortSpans } from './chunks.ts';

const DATA = join(import.meta.dirname, '../testdata/otlp');
const bodies = readdirSync(DATA).map((file) => {
  const bytes = readFileSync(join(DATA, file));
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
});
const texts = bodies.map((bytes) => Buffer.from(JSON.stringify(decode(MESSAGES.TracesData, bytes))));

/** Numbers that look like chance, from 0 to `below`; the same in every run (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below) | 0;
  };
}

type Random = (below: number) => number;

const MUTATIONS: ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    return bytes;
  },
  (bytes, random) => {
    for (let count = random(20); count >= 0; count--) bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
  },
  (bytes, random) => Buffer.concat([bytes, bytes.subarray(random(bytes.length))]),
  (_bytes, random) => Buffer.from(Array.from({ length: random(200) }, () => random(256))),
];

/** Takes a body in as the receiver does; returns how many spans could be read back, undefined if it was refused. */
function takeIn(body: Buffer, isJson: boolean): { filed: number; read: number } | undefined {
  try {
    const { chunks, spans } = sortSpans(isJson ? encode(MESSAGES.TracesData, body) : body);
    let read = 0;
    for (const { traceId, source, spans: list } of chunks) {
      const chunk = { resource: source.resource, scope: source.scope, spans: Buffer.concat(list) };
      const trace = assemble(traceId, [chunk], () => list.length);
      read += [...spansIn(trace)].filter(({ span }) => span.traceId === traceId).length;
    }
    return { filed: spans, read };
  } catch (error) {
    if (error instanceof OtlpFormatError) return undefined;
    throw error;
  }
}

test.each([
  ['protobuf', bodies, false],
  ['JSON', texts, true],
] as const)(
  '10,000 mutated bodies of %s are refused, or taken so that they can be read',
  (_name, originals, isJson) => {
    const random = chance(20);
    const counts = { refused: 0, taken: 0 };
    for (let round = 0; round < 10_000; round++) {
      const original = Buffer.from(originals[random(originals.length)] as Buffer);
      const body = (MUTATIONS[random(MUTATIONS.length)] as (typeof MUTATIONS)[number])(original, random);
      const result = takeIn(body, isJson);
      counts[result ? 'taken' : 'refused']++;
      // Two of the mutated spans may have become the same; none may be lost otherwise.
      if (result) expect(result.read, `round ${round}`).toBeGreaterThanOrEqual(result.filed === 0 ? 0 : 1);
      if (result) expect(result.read, `round ${round}`).toBeLessThanOrEqual(result.filed);
    }
    expect(counts.refused).toBeGreaterThan(1000);
    expect(counts.taken).toBeGreaterThan(100);
  },
  120_000,
);
