// Answers as a real Jaeger does: the recordings in testdata/ (a Jaeger 2.20, after it had received testdata/otlp) are held
// against the embedded store; and against a real Jaeger when WAYBILL_JAEGER_URL and OTEL_EXPORTER_OTLP_ENDPOINT point to
// an empty one. What is a set in Jaeger (attributes, events, services) is compared as a set.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonical } from './testdata/canonical.ts';
import { startStore, type TestStore } from './testdata/store.ts';

const DATA = join(import.meta.dirname, 'testdata');

type Recording = { name: string; request: string; status: number; type: string; body: string };

const recordings = readdirSync(join(DATA, 'answers')).map((file): Recording => {
  const text = readFileSync(join(DATA, 'answers', file), 'utf8');
  const [request = '', status = '', type = ''] = text.split(/\r?\n/);
  const body = text.slice(text.search(/\r?\n\r?\n/)).replace(/^\r?\n\r?\n/, '');
  return {
    name: file.replace('.txt', ''),
    request,
    status: Number(status.split(' ')[1]),
    type: type.replace(/^content-type: /i, ''),
    body,
  };
});

/** Words of Go's JSON and gzip readers; of these only the code is held against the recording. */
const OTHER_WORDS = ['otlp-bad-gzip', 'otlp-bad-traceid', 'otlp-json-malformed', 'otlp-json-wrong-type'];

const real = process.env.WAYBILL_JAEGER_URL;
const targets: [string, () => Promise<TestStore>][] = [['the embedded store', () => startStore()]];
if (real) {
  const otlp = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
  targets.push([`the Jaeger at ${real}`, async () => ({ otlp, query: real, close: async () => {} })]);
}

describe.each(targets)('%s', (_name, start) => {
  let store: TestStore;

  beforeAll(async () => {
    store = await start();
    for (const file of readdirSync(join(DATA, 'otlp'))) {
      const packed: Record<string, string> = file.endsWith('.gz') ? { 'content-encoding': 'gzip' } : {};
      const { status } = await fetch(`${store.otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', ...packed },
        body: readFileSync(join(DATA, 'otlp', file)),
      });
      expect(status).toBe(200);
    }
  });

  afterAll(() => store.close());

  test.each(recordings)('$name', async ({ name, request, status, type, body }) => {
    const answer = await send(store, request);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({ status, type });
    const text = await answer.text();
    if (OTHER_WORDS.includes(name)) expect(JSON.parse(text)).toEqual({ code: 3, message: expect.stringMatching(/./) });
    else expect(canonical(text)).toEqual(canonical(body));
  });
});

/** Sends what a recording's first line says: a path, or curl's arguments. */
function send({ otlp, query }: TestStore, line: string): Promise<Response> {
  const [method = '', path = '', ...rest] = line.split(' ');
  if (method === 'GET') return fetch(query + path);
  const argument = (name: string) => new RegExp(` ${name} (.*?)(?= -[HXd] |$)`, 'g');
  const values = (name: string) => [...line.matchAll(argument(name))].map(([, value = '']) => value);
  const headers = Object.fromEntries(values('-H').map((header) => header.split(/: */) as [string, string]));
  const data = values('-d')[0];
  return fetch(otlp + path, {
    method: values('-X')[0] ?? 'POST',
    headers: rest.includes('-H') ? headers : { 'content-type': 'application/x-www-form-urlencoded' },
    ...(data !== undefined && { body: data }),
  });
}
