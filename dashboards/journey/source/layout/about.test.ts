// Title, sentence and marks are true of any trace: of the lab's failures, and of other programs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mapKindOf, stopOf, visitedBy } from '../../../../traces/map/visited.ts';
import { spansOf, type TraceSpan } from '../../../../traces/model.ts';
import { stageOf } from '../../../../traces/stages.ts';
import { inTime, treeOf } from '../../../../traces/tree.ts';
import { aboutOf } from './about.ts';

let count = 0;
type Sketch = [service: string, name: string, changes: Partial<TraceSpan>, ...children: Sketch[]];

/** Spans of a sketch, each below the one that it is nested in. */
function spansIn([service, name, changes, ...children]: Sketch, parentSpanId: string | null = null): TraceSpan[] {
  const spanId = `s${++count}`;
  const base = {
    traceId: 't',
    spanId,
    parentSpanId,
    service,
    name,
    scope: 'waybill',
    kind: 0,
    start: count,
    duration: 10,
  };
  const rest = { attributes: {}, resource: {}, events: [], links: [], status: 'unset', error: null } as const;
  return [{ ...base, ...rest, ...changes }, ...children.flatMap((child) => spansIn(child, spanId))];
}
const [INTERNAL, SERVER, CLIENT] = [{ kind: 0 }, { kind: 1 }, { kind: 2 }];
const http = (status?: number) => ({
  'http.request.method': 'GET',
  'url.full': 'http://tatis.test/x',
  ...(status && { 'http.response.status_code': status }),
});
const visit = (status: number | undefined, ...children: Sketch[]): Sketch => [
  'visitor',
  'visit',
  { attributes: http(status), error: status === undefined ? '' : null },
  ...children,
];
const get = (
  service: string,
  { kind }: { kind: number },
  status: number | undefined,
  ...children: Sketch[]
): Sketch => [
  service,
  'GET',
  {
    kind,
    attributes: { ...http(status), ...(kind === 2 && status && status >= 400 && { 'error.type': String(status) }) },
    error: (kind === 2 && (status ?? 500) >= 400) || (status ?? 500) >= 500 ? '' : null,
  },
  ...children,
];
const of = (sketch: Sketch) => treeOf(inTime(spansIn(sketch)));
const foreign = { scope: 'another' };

test.each<[string, Sketch, string]>([
  [
    'a certificate that is refused, with an empty message',
    visit(undefined, [
      'visitor',
      'TLS handshake',
      { ...CLIENT, error: '' },
      ['proxy', 'TLS handshake', { ...SERVER, error: '' }],
    ]),
    'No request was sent: the TLS handshake failed.',
  ],
  [
    'no such name',
    visit(undefined, ['visitor', 'DNS lookup', { ...CLIENT, error: '' }]),
    'No request was sent: the name was not found.',
  ],
  [
    'no listener',
    visit(undefined, ['visitor', 'connect', { ...INTERNAL, error: '' }]),
    'No request was sent: no connection was made.',
  ],
  [
    'a request without an answer',
    visit(undefined, get('visitor', CLIENT, undefined)),
    'The request was sent, but no answer came.',
  ],
  [
    'plain HTTP on the TLS port',
    visit(400, get('visitor', CLIENT, 400)),
    'The program that answered left no span in this trace.',
  ],
  [
    'a site of its own behind connect',
    visit(200, get('visitor', CLIENT, 200, get('shop', SERVER, 200))),
    'shop answered.',
  ],
  ['a file', get('proxy', SERVER, 200, ['proxy', 'static file', {}]), 'The web server sent one of its static files.'],
  [
    'a file that is not there',
    get('proxy', SERVER, 404, ['proxy', 'static file', { attributes: { 'waybill.file.outcome': 'not found' } }]),
    'The web server answered by itself: the file is not found.',
  ],
  [
    'another program behind the web server',
    get('proxy', SERVER, 200, get('proxy', CLIENT, 200, get('django', SERVER, 200))),
    'django answered.',
  ],
  [
    'the same without spans',
    get('proxy', SERVER, 200, get('proxy', CLIENT, 200)),
    'The program behind the web server left no span in this trace.',
  ],
  [
    'an upstream that does not answer',
    get('proxy', SERVER, 502, get('proxy', CLIENT, undefined)),
    'The web server answered by itself.',
  ],
  [
    'an unknown app',
    get('gateway', SERVER, 200, get('gateway', CLIENT, 200)),
    'The worker left no span in this trace.',
  ],
  [
    'no worker',
    get('gateway', SERVER, 503, ['gateway', 'queue', { error: 'full' }]),
    'The app server answered by itself, without a worker.',
  ],
  ['another program alone', ['shop', 'GET /', { ...SERVER, ...foreign, attributes: http(200) }], 'shop answered.'],
  [
    'its client alone',
    ['shop', 'GET', { ...CLIENT, ...foreign, attributes: http(200) }],
    'The program that answered left no span in this trace.',
  ],
  [
    'a view that refuses the request',
    get('app', SERVER, 403, ['app', 'view job', { resource: { 'service.instance.id': 'app-1' } }]),
    'The view job in worker app-1 turned the request down.',
  ],
  ['no request at all', ['cron', 'clean up', foreign], ''],
])('%s: %s', (_, sketch, sentence) => {
  expect(aboutOf(of(sketch)).answeredBy).toBe(sentence);
});

test('only a trace that begins at the web server has the note that nothing is before it', () => {
  expect(aboutOf(of(get('proxy', SERVER, 200))).isForeign).toBe(true);
  expect(
    aboutOf(of(['shop', 'GET', { ...CLIENT, ...foreign, attributes: http(200) }, get('proxy', SERVER, 200)])).isForeign,
  ).toBe(false);
});

const app = (status: number, by: string, ...children: Sketch[]): Sketch => {
  const attributes = { ...http(status), 'waybill.answered_by': by };
  return get('gateway', CLIENT, status, ['app', 'GET', { ...SERVER, attributes }, ...children]);
};
const route = { attributes: { 'http.route': '/x' } };

test.each<[string, Sketch, object]>([
  ['404: the URL list', app(404, 'urlresolver', ['app', 'urlresolver', {}]), { urls: 'refused' }],
  [
    '403: the permission',
    app(
      403,
      'view',
      ['app', 'urlresolver', route],
      ['app', 'view x', {}, ['app', 'permission y', { attributes: { 'waybill.permission.allowed': false } }]],
    ),
    { permission: 'refused' },
  ],
  [
    '403: the csrf check',
    app(403, 'csrf', ['app', 'middleware csrf', {}], ['app', 'urlresolver', route]),
    { middleware: 'refused' },
  ],
  ['404: the view', app(404, 'view', ['app', 'urlresolver', route], ['app', 'view x', {}]), { view: 'refused' }],
  [
    '500: the view',
    app(500, 'view', ['app', 'urlresolver', route], ['app', 'view x', { error: 'boom' }]),
    { view: 'failed' },
  ],
  ['200: nothing', app(200, 'view', ['app', 'urlresolver', route], ['app', 'view x', {}]), {}],
])('a mark for %s', (_, sketch, marks) => {
  expect(Object.fromEntries(visitedBy(of(sketch)).marks)).toEqual(marks);
});

// ── real programs ──

const ANSWERS = join(import.meta.dirname, '../../../../services/store/testdata/answers');
const recorded = (file: string) => {
  const [, body = ''] = readFileSync(join(ANSWERS, `${file}.txt`), 'utf8').split(/\r?\n\r?\n/);
  return treeOf(inTime(spansOf(JSON.parse(body).result)));
};

test("HotROD's trace is described by its own spans", () => {
  const tree = recorded('trace');
  expect(aboutOf(tree)).toMatchObject({
    ...{ method: 'GET', status: 200, answeredBy: 'frontend answered.', isForeign: false },
    where: expect.stringMatching(/^127\.0\.0\.1:\d+\/dispatch$/),
  });
  expect(mapKindOf(tree)).toBe('visit');
  const stops = new Set(tree.nodes.filter(({ span }) => span.service !== 'frontend').map(stopOf));
  expect([...stops].sort()).toEqual(['database', 'remote']);
  const stages = new Set(tree.nodes.map((node) => stageOf(node, node.span.start)));
  expect([...stages].sort()).toEqual(['database', 'other', 'remote']);
});

test("Django's trace, by the names of before 2023", () => {
  expect(aboutOf(recorded('search-django-operation'))).toMatchObject({
    ...{ method: 'GET', where: '127.0.0.1:8001/jobs/1/', status: 200, answeredBy: 'django answered.' },
  });
});
