// What every storage must do: the same suite for the one on disk and the one in memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  chunksOf,
  exportOf,
  queryFor,
  START,
  spansOf as spansIn,
  traceIdOf,
} from '../../../tests/support/store/spans.ts';
import { NO_BOUNDS } from '../../../tests/support/store/store.ts';
import { encodeObject } from '../otlp/encode.ts';
import { MESSAGES } from '../otlp/message.ts';
import { otlpJson } from '../query/otlp-json.ts';
import { sortSpans } from '../receive/chunks.ts';
import { createSqliteStorage } from './sqlite.ts';
import type { Query, Storage } from './storage.ts';

const home = () => mkdtempSync(join(tmpdir(), 'waybill-store-'));
const kinds: [string, (path: string) => Storage][] = [
  ['SQLite', (path) => createSqliteStorage({ path: join(path, 'traces.db'), ...NO_BOUNDS })],
];

describe.each(kinds)('%s', (_name, open) => {
  let storage: Storage;
  let path: string;
  beforeEach(() => {
    path = home();
    storage = open(path);
  });
  afterEach(async () => {
    await storage.close();
    rmSync(path, { recursive: true });
  });

  const found = async (query: Partial<Query>) => {
    const traces = await Array.fromAsync(storage.search(queryFor(query)));
    return traces.map(({ traceId }) => Number.parseInt(traceId, 16));
  };
  const spansOf = (trace: number) => spansIn(storage, trace);
  const ms = (milliseconds: number) => BigInt(milliseconds) * 1_000_000n;

  test('all works when empty', async () => {
    expect(storage.trace(traceIdOf(1))).toBeUndefined();
    expect(storage.services()).toEqual([]);
    expect(storage.operations('app')).toEqual([]);
    expect(await found({})).toEqual([]);
    expect(await found({ service: 'app', operation: 'GET', attributes: new Map([['a', 'b']]) })).toEqual([]);
    await storage.write([]);
  });

  test('what comes out equals what went in: every type of value, links, events, zero times, counts, schema URLs', async () => {
    const attributes = [
      { key: 'text', value: { stringValue: 'Zażółć <&> 🐈' } },
      { key: 'empty', value: { stringValue: '' } },
      { key: 'no', value: { boolValue: false } },
      { key: 'most', value: { intValue: '9223372036854775807' } },
      { key: 'least', value: { intValue: '-9223372036854775808' } },
      { key: 'small', value: { doubleValue: 5e-324 } },
      { key: 'not', value: { doubleValue: 'NaN' } },
      { key: 'far', value: { doubleValue: '-Infinity' } },
      { key: 'bytes', value: { bytesValue: 'AAEC/w==' } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, {}, { arrayValue: {} }] } } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'b', value: { stringValue: 'x' } }] } } },
      { key: 'nothing', value: {} },
      { key: 'text', value: { stringValue: 'the same key again' } },
    ];
    const resourceSpans = [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }], droppedAttributesCount: 1 },
        scopeSpans: [
          {
            scope: { name: 'test', version: '1', attributes, droppedAttributesCount: 2 },
            spans: [
              {
                traceId: traceIdOf(7),
                spanId: '00000000000000aa',
                traceState: 'a=b',
                parentSpanId: 'ffffffffffffffff',
                name: 'GET',
                kind: 5,
                startTimeUnixNano: '18446744073709551615',
                endTimeUnixNano: '1',
                attributes,
                droppedAttributesCount: 4294967295,
                events: [{ timeUnixNano: '3', name: 'z', attributes, droppedAttributesCount: 3 }, { name: 'a' }],
                droppedEventsCount: 4,
                links: [
                  { traceId: traceIdOf(9), spanId: '00000000000000bb', traceState: 'c=d', attributes, flags: 256 },
                ],
                droppedLinksCount: 5,
                status: { message: 'm', code: 2 },
                flags: 4294967295,
              },
              { traceId: traceIdOf(7), spanId: '00000000000000ab', status: {} },
            ],
            schemaUrl: 'https://example.com/scope',
          },
        ],
        schemaUrl: 'https://example.com/resource',
      },
    ];
    await storage.write(sortSpans(encodeObject(MESSAGES.TracesData, { resourceSpans })).chunks);
    const trace = storage.trace(traceIdOf(7));
    expect(JSON.parse([...otlpJson(trace ? [trace] : [])].join(''))).toEqual({ result: { resourceSpans } });
    expect(await found({})).toEqual([7]);
  });

  test('late, twice, out of order: one trace, every span once', async () => {
    const child = chunksOf([{ trace: 1, span: 2, parent: 1, at: 5 }]);
    await storage.write(child);
    await storage.write(chunksOf([{ trace: 2, span: 1 }]));
    await storage.write(chunksOf([{ trace: 1, span: 1 }]));
    await storage.write(child);
    expect(spansOf(1).map(({ spanId }) => spanId)).toEqual(['0000000000000002', '0000000000000001']);
    expect((await found({ service: 'app' })).toSorted()).toEqual([1, 2]);
  });

  test('spans that point to each other, or to none that is there, are kept', async () => {
    const circle = [
      { trace: 1, span: 1, parent: 2 },
      { trace: 1, span: 2, parent: 1 },
      { trace: 1, span: 3, parent: 3 },
    ];
    await storage.write(chunksOf([...circle, { trace: 1, span: 4, parent: 99 }]));
    expect(spansOf(1).map(({ parentSpanId }) => Number(parentSpanId))).toEqual([2, 1, 3, 63]);
  });

  test('10,000 spans of one trace come out in the order in which they went in', async () => {
    const spans = Array.from({ length: 10_000 }, (_, index) => ({ trace: 1, span: index + 1, at: index }));
    await storage.write(chunksOf(spans.slice(0, 5000)));
    await storage.write(chunksOf(spans.slice(5000)));
    expect(spansOf(1).map(({ spanId }) => Number.parseInt(spanId, 16))).toEqual(spans.map(({ span }) => span));
  });

  test('services and their operations, each kind by itself', async () => {
    await storage.write(
      chunksOf([
        { trace: 1, span: 1, service: 'b', name: 'GET', kind: 2 },
        { trace: 1, span: 2, service: 'b', name: 'GET', kind: 3 },
        { trace: 2, span: 1, service: 'a', name: '', kind: 0 },
      ]),
    );
    expect(storage.services()).toEqual(['a', 'b']);
    expect(storage.operations('b')).toEqual([
      { name: 'GET', kind: 2 },
      { name: 'GET', kind: 3 },
    ]);
    expect(storage.operations('a')).toEqual([{ name: '', kind: 0 }]);
  });

  test('a search wants all of its conditions from one span', async () => {
    const attributes = [{ key: 'colour', value: { stringValue: 'red' } }];
    await storage.write(
      chunksOf([
        { trace: 1, span: 1, service: 'a', name: 'x', took: 1 },
        { trace: 1, span: 2, service: 'b', name: 'y', took: 100, more: { attributes } },
        { trace: 2, span: 1, service: 'a', name: 'y', at: 1000, took: 10, more: { status: { code: 2 } } },
      ]),
    );
    expect(await found({ service: 'a' })).toEqual([2, 1]);
    expect(await found({ service: 'a', operation: 'y' })).toEqual([2]);
    expect(await found({ operation: 'y' })).toEqual([2, 1]);
    expect(await found({ service: 'a', shortest: ms(100) })).toEqual([]);
    expect(await found({ shortest: ms(100) })).toEqual([1]);
    expect(await found({ service: 'a', longest: ms(1) })).toEqual([1]);
    expect(await found({ attributes: new Map([['colour', 'red']]) })).toEqual([1]);
    expect(await found({ service: 'a', attributes: new Map([['colour', 'red']]) })).toEqual([]);
    expect(await found({ attributes: new Map([['error', 'true']]) })).toEqual([2]);
    expect(
      await found({
        attributes: new Map([
          ['span.kind', 'server'],
          ['resource.service.name', 'b'],
        ]),
      }),
    ).toEqual([1]);
  });

  test('a search for a trace by links finds those that link to it, with and without the attribute of links', async () => {
    const links = [{ traceId: traceIdOf(1), spanId: '1'.repeat(16) }];
    await storage.write(
      chunksOf([
        { trace: 1, span: 1 },
        { trace: 2, span: 1, more: { links } },
      ]),
    );
    expect(await found({ attributes: new Map([['waybill.link.trace_id', traceIdOf(1)]]) })).toEqual([2]);
    expect(await found({ attributes: new Map([['waybill.link.trace_id', traceIdOf(2)]]) })).toEqual([]);
  });

  test('a search is exact to the nanosecond at both ends of its time', async () => {
    await storage.write(chunksOf([{ trace: 1, span: 1 }]));
    expect(await found({ from: START, to: START + 1n })).toEqual([1]);
    expect(await found({ from: START - 1n, to: START })).toEqual([1]);
    expect(await found({ from: START + 1n })).toEqual([]);
    expect(await found({ to: START - 1n })).toEqual([]);
  });

  test('thousands are found newest first, however they came in', async () => {
    const order = Array.from({ length: 2000 }, (_, index) => ((index * 7919) % 2000) + 1);
    for (let from = 0; from < order.length; from += 100) {
      await storage.write(chunksOf(order.slice(from, from + 100).map((trace) => ({ trace, span: 1, at: trace }))));
    }
    expect(await found({ service: 'app' })).toEqual(order.toSorted((a, b) => b - a));
  });

  test('an export is the same whether it came as JSON or as protobuf read back', async () => {
    const json = exportOf([{ trace: 1, span: 1, more: { attributes: [{ key: 'n', value: { intValue: 5 } }] } }]);
    await storage.write(sortSpans(encodeObject(MESSAGES.TracesData, json)).chunks);
    const trace = storage.trace(traceIdOf(1));
    const { result } = JSON.parse([...otlpJson(trace ? [trace] : [])].join(''));
    await storage.write(sortSpans(encodeObject(MESSAGES.TracesData, result)).chunks);
    expect(spansOf(1)).toHaveLength(1);
  });
});
