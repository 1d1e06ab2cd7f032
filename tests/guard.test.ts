// Every port of the lab, requested by a page of another site: under that page's own name, which now means this machine (DNS
// rebinding), and from that page's origin. Nothing that the page asks for is done.

import { connect } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import type { Lab } from '../lab/fixture.ts';
import type { PortName } from '../otel/contract/services.ts';
import type { Faults } from '../services/visitor/api.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

/** Sends a request to a port; resolves with the status, or undefined where the connection ends without an answer. */
async function ask(name: PortName, firstLine: string, headers: string[], isAll = false): Promise<number | undefined> {
  const socket = connect(lab.config.ports[name], '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk)).on('error', () => {});
  const lines = [`${firstLine} HTTP/1.1`, ...headers, 'Connection: close', 'Content-Length: 0'];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (isAll) socket.end(); // for those who wait for more
  await new Promise((resolve) => socket.once('close', resolve));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]) || undefined;
}

/** What a page would like to have done, and what it gets: under a foreign name, and from a foreign origin. */
const GUARDED: [port: PortName, firstLine: string, ...headers: string[]][] = [
  ['WAYBILL_PAGE_PORT', 'POST /visits'],
  ['WAYBILL_PAGE_PORT', 'GET /'],
  ['WAYBILL_PAGE_PORT', 'PUT /faults'],
  ['WAYBILL_GATEWAY_CONTROL_PORT', 'POST /reload'],
  ['WAYBILL_GATEWAY_CONTROL_PORT', 'GET /workers'],
  ['WAYBILL_DNS_CONTROL_PORT', 'POST /flush'],
  ['WAYBILL_DNS_CONTROL_PORT', 'PUT /faults'],
  ['WAYBILL_ROUTER_CONTROL_PORT', 'PUT /faults'],
  ['WAYBILL_PROXY_CONTROL_PORT', 'PUT /faults'],
  ['WAYBILL_JAEGER_PORT', 'GET /api/v3/services'],
  ['WAYBILL_OTLP_PORT', 'POST /v1/traces'],
  ['WAYBILL_OTLP_PORT', 'OPTIONS /v1/traces', 'Access-Control-Request-Method: POST'],
  ['WAYBILL_GATEWAY_PORT', 'GET /healthz'],
  ['WAYBILL_APP_PORT', 'GET /healthz', 'waybill-command: end'],
];
/** On the site's ports the framework decides: ALLOWED_HOSTS (400) and the CSRF token (403). */
const SITE: PortName[] = ['WAYBILL_SITE_PORT', 'WAYBILL_GATEWAY_PORT', 'WAYBILL_APP_PORT'];
/** TLS comes before HTTP. */
const TLS: PortName[] = ['WAYBILL_TLS_PORT'];
/** These do not speak HTTP, or not without a PROXY protocol header: no answer. */
const SILENT: PortName[] = [
  'WAYBILL_SITE_PP_PORT',
  'WAYBILL_TLS_PP_PORT',
  'WAYBILL_DNS_PORT',
  'WAYBILL_DNS_ROOT_PORT',
  'WAYBILL_DNS_TEST_PORT',
  'WAYBILL_DNS_TATIS_PORT',
  'WAYBILL_DNS_DJANGOGIRLS_PORT',
  'WAYBILL_DNS_MY_PORT',
  'WAYBILL_ROUTER_CORNER_PORT',
  'WAYBILL_ROUTER_NORTH_PORT',
  'WAYBILL_ROUTER_SOUTH_PORT',
  'WAYBILL_ROUTER_HARBOUR_PORT',
];

const REFUSED_PAGES: [what: string, status: number, headers: string[]][] = [
  ['under a foreign name', 421, ['Host: evil.example']],
  ['from a foreign origin', 403, ['Host: 127.0.0.1', 'Origin: http://evil.example']],
  ['from an origin that is hidden', 403, ['Host: 127.0.0.1', 'Origin: null']],
  ['from the site, another origin of this machine', 403, ['Host: 127.0.0.1', 'Sec-Fetch-Site: same-site']],
];

test.each(GUARDED)('%s: no foreign page has %s done', async (port, firstLine, ...extra) => {
  for (const [what, status, headers] of REFUSED_PAGES) {
    expect([what, await ask(port, firstLine, [...headers, ...extra])]).toEqual([what, status]);
  }
  expect(await ask(port, firstLine, ['Host: localhost', 'Host: evil.example', ...extra])).toBe(400);
});

test.each(SITE)(
  '%s: the framework refuses a foreign name, and a form of a foreign origin; the sites answer',
  async (port) => {
    expect(await ask(port, 'GET /', ['Host: evil.example'])).toBe(400);
    expect(await ask(port, 'GET /', ['Host: evil.example', 'waybill-command: kill'])).toBe(400);
    expect(await ask(port, 'POST /accounts/login/', ['Host: tatis.test', 'Origin: http://evil.example'])).toBe(403);
    for (const host of [
      'tatis.test',
      'www.tatis.test',
      'djangogirls.test',
      `tatis.localhost:${lab.config.ports[port]}`,
    ]) {
      expect([host, await ask(port, 'GET /', [`Host: ${host}`])]).toEqual([host, 200]);
    }
  },
);

test.each(SILENT)('%s: HTTP gets no answer', async (port) => {
  expect(await ask(port, 'GET /', ['Host: evil.example'], true)).toBeUndefined();
});

test.each(TLS)('%s: plain HTTP is answered 400, whatever its Host and Origin', async (port) => {
  expect(await ask(port, 'GET /', ['Host: evil.example'])).toBe(400);
});

test('that is every port of the lab', () => {
  const tested = new Set([...GUARDED.map(([port]) => port), ...SITE, ...TLS, ...SILENT]);
  expect([...tested].sort()).toEqual(Object.keys(lab.config.ports).sort());
});

test('nothing of it was done: workers and routers are as they were', async () => {
  const control = (name: PortName, path: string) => fetch(`http://127.0.0.1:${lab.config.ports[name]}${path}`);
  const { faults } = (await (await control('WAYBILL_ROUTER_CONTROL_PORT', '/faults')).json()) as Faults;
  expect(faults.length).toBeGreaterThan(0);
  for (const each of faults) expect([each.id, each.value]).toEqual([each.id, each.default]);
  expect(lab.output()).not.toContain('is restarted');
});

test('what people and programs do goes on: a link that is followed, curl, the page, spans from the page', async () => {
  const { ports } = lab.config;
  const link = [
    'Host: 127.0.0.1',
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Mode: navigate',
    'Sec-Fetch-Dest: document',
  ];
  expect(await ask('WAYBILL_PAGE_PORT', 'GET /', link)).toBe(200);
  expect(await ask('WAYBILL_JAEGER_PORT', 'GET /api/v3/services', link)).toBe(200);
  expect(await ask('WAYBILL_DNS_CONTROL_PORT', 'POST /flush', ['Host: localhost'])).toBe(204);
  const own = `127.0.0.1:${ports.WAYBILL_PAGE_PORT}`;
  // A command without a body is a bad request: the guard let it through.
  expect(await ask('WAYBILL_PAGE_PORT', 'POST /visits', [`Host: ${own}`, `Origin: http://${own}`])).toBe(400);
  const sent = await fetch(`http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}/v1/traces`, {
    method: 'POST',
    headers: { origin: `http://${own}`, 'content-type': 'application/json', 'sec-fetch-site': 'same-site' },
    body: '{"resourceSpans":[]}',
  });
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, `http://${own}`]);
});
