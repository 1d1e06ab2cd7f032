// Answers as a real Jaeger does: the recordings in testdata/ (a Jaeger 2.20, after it had received testdata/otlp) are held
// against the embedded store; and against a real Jaeger when WAYBILL_JAEGER_URL and OTEL_EXPORTER_OTLP_ENDPOINT point to
// an empty one. What is a set in Jaeger (attributes, events, services) is compared as a set; the words of errors may differ.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonical } from '../../tests/support/store/canonical.ts';
import { startStore, type TestStore } from '../../tests/support/store/store.ts';

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

  test.each(recordings)('$name', async ({ request, status, type, body }) => {
    const answer = await send(store, request);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({ status, type });
    expect(canonical(await answer.text())).toEqual(canonical(body));
  });

  test.each(REFUSED)('/api/v3/%s', async (path, status, message) => {
    const answer = await fetch(`${store.query}/api/v3/${path}`);
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { error: { httpCode: status, message: expect.stringMatching(RegExp(`^${RegExp.escape(message)}`)) } },
    ]);
  });

  test.each(FINDING)('a search for %o finds %s', async (asked, names) => {
    const parameters = Object.entries(asked).map(([name, value]): [string, string] => [`query.${name}`, value]);
    const answer = await fetch(`${store.query}/api/v3/trace-summaries?${TIMES}&${new URLSearchParams(parameters)}`);
    const { summaries } = (await answer.json()) as { summaries: { rootOperationName: string; spanCount: number }[] };
    expect(summaries.map(({ rootOperationName, spanCount }) => `${rootOperationName} ${spanCount}`).sort()).toEqual(
      names,
    );
  });
});

/** Questions that cannot be answered, and how what Jaeger 2.20 says begins; its words for what is wrong are Go's. */
const TIMES = 'query.startTimeMin=2026-11-20T00:00:00Z&query.startTimeMax=2026-11-21T00:00:00Z';
const REFUSED: [path: string, status: number, message: string][] = [
  [`traces?${TIMES}&query.searchDepth=0`, 500, ''],
  [`traces?${TIMES}&query.search_depth=x`, 400, 'malformed parameter query.search_depth: '],
  [`traces?${TIMES}&query.num_traces=x`, 400, 'malformed parameter query.num_traces: '],
  [`traces?${TIMES}&query.durationMin=1`, 400, 'malformed parameter query.durationMin: '],
  [`traces?${TIMES}&query.durationMax=5xs`, 400, 'malformed parameter query.durationMax: '],
  [`traces?${TIMES}&query.duration_max=.s`, 400, 'malformed parameter query.duration_max: '],
  [`traces?${TIMES}&query.attributes=x`, 400, 'malformed parameter query.attributes: '],
  ['traces?query.attributes={"a":1}', 400, ''],
  [`traces?${TIMES}&query.attributes={"__proto__":1}`, 400, 'malformed parameter query.attributes: '],
  [`traces?${TIMES}&query.attributes={"__proto__":"x"}`, 404, 'No traces found'],
  [`traces?${TIMES}&query.rawTraces=maybe`, 400, 'malformed parameter query.rawTraces: '],
  ['traces?query.startTimeMin=&query.startTimeMax=2026-11-21T00:00:00Z', 400, 'query.startTimeMin and query.startTime'],
  [`traces?${TIMES.replace('20T', '21T')}`, 400, 'query.startTimeMin must be before query.startTimeMax'],
  [`traces?${TIMES.replace('11-20', '13-20')}`, 400, 'malformed parameter query.startTimeMin: '],
  [`traces?${TIMES.replace('11-20', '02-30')}`, 400, 'malformed parameter query.startTimeMin: '],
  [`traces?${TIMES.replace('00:00:00Z', '24:00:00Z')}`, 400, 'malformed parameter query.startTimeMin: '],
  [`trace-summaries?${TIMES.replace('T00:00:00Z', '')}`, 400, 'malformed parameter query.startTimeMin: '],
  ['traces/abc?startTime=x', 400, 'malformed parameter startTime: '],
  ['traces/0xabc', 400, 'malformed parameter trace_id: '],
  ['traces/123456789012345678901234567890123', 400, 'malformed parameter trace_id: '],
  [`traces?${TIMES}&query.serviceName=frontend&query.durationMin=1h30m`, 404, 'No traces found'],
];

/** Searches by every parameter, and the root operations and span counts of what Jaeger 2.20 finds. */
const [DISPATCH, HOME, JOB, NOPE] = ['GET /dispatch 40', 'GET 2', 'GET jobs/<int:pk>/ 2', 'GET 1'];
const FINDING: [asked: Record<string, string>, found: (string | undefined)[]][] = [
  [{}, [DISPATCH, NOPE, HOME, JOB]],
  [{ serviceName: 'redis-manual' }, [DISPATCH]],
  [{ operationName: 'GET' }, [NOPE, HOME]],
  [{ serviceName: 'django', operationName: 'select' }, [HOME, JOB]],
  [{ serviceName: 'frontend', operationName: 'select' }, []],
  [{ durationMin: '700ms' }, [DISPATCH]],
  [{ durationMin: '700ms', serviceName: 'driver' }, []],
  [{ durationMax: '0.5ms' }, [HOME, JOB]],
  [{ duration_min: '1ms', duration_max: '2000us' }, [NOPE, JOB]],
  [{ attributes: '{"http.status_code":"404"}' }, [NOPE]],
  [{ attributes: '{"error":"true"}' }, [DISPATCH]],
  [{ attributes: '{"error":"false"}' }, []],
  [{ attributes: '{"span.kind":"client","db.system":"sqlite"}' }, [HOME, JOB]],
  [{ attributes: '{"retry_no":"1"}' }, [DISPATCH]],
  [{ attributes: '{"resource.service.name":"route"}' }, [DISPATCH]],
  [{ attributes: '{"scope.name":"redis-manual","span.status":"error"}' }, [DISPATCH]],
  [{ attributes: '{"scope.version":"0.66b0"}' }, [NOPE, HOME, JOB]],
  [{ attributes: '{"constructor":"x"}' }, []],
];

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
