// Names that every JavaScript object inherits, where a table is asked by what a client sends: they are names as any other,
// and no service answers them with "Internal error."

import { request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import type { Lab } from '../lab/fixture.ts';
import type { PortName } from '../otel/contract/services.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

type Question = { port: PortName; path: string; method?: string; headers?: Record<string, string>; body?: string };

/** Asks; resolves with the status. By node:http, for fetch puts no path and no header through as it is. */
function ask({ port, path, method = 'GET', headers = {}, body = '' }: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: lab.config.ports[port], method, path, headers: { host: 'localhost', ...headers } });
    asked.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)));
    asked.on('error', reject).end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SEARCH = '/api/v3/traces?query.startTimeMin=2020-01-01T00:00:00Z&query.startTimeMax=2099-01-01T00:00:00Z';

/** Everything of a request that a service looks up somewhere, called `name`. */
const questions = (name: string): Question[] => {
  const span = `{"traceId":"${'1'.repeat(32)}","spanId":"${'2'.repeat(16)}","name":"${name}","attributes":[{"key":"${name}","value":{"stringValue":"${name}"}}]`;
  const trace = (more: string) =>
    `{"${name}":{},"resourceSpans":[{"${name}":1,"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"${name}"}}]},"scopeSpans":[{"spans":[${span}${more}}]}]}]}`;
  const visit = (order: string) => ({
    port: 'WAYBILL_PAGE_PORT' as const,
    method: 'POST',
    path: '/visits',
    body: order,
  });
  const spans = { port: 'WAYBILL_OTLP_PORT' as const, method: 'POST', path: '/v1/traces' };
  return [
    ...[`/letters/${name}/`, `/jobs/${name}/`, `/static/${name}`, `/${name}/`, `/?${name}=${name}`].map((path) => ({
      port: 'WAYBILL_SITE_PORT' as const,
      path,
    })),
    {
      port: 'WAYBILL_SITE_PORT',
      path: '/static/style.css',
      headers: { 'accept-encoding': name, 'if-none-match': name },
    },
    { port: 'WAYBILL_SITE_PORT', path: '/', headers: { [name]: name, cookie: `${name}=1; sessionid=${name}` } },
    { port: 'WAYBILL_SITE_PORT', path: '/accounts/login/', method: 'POST', headers: FORM, body: `${name}=1` },
    { ...spans, headers: { ...JSON_TYPE, 'content-encoding': name }, body: '{}' },
    { ...spans, headers: { 'content-type': name }, body: '{}' },
    { ...spans, headers: JSON_TYPE, body: trace('') },
    { ...spans, headers: JSON_TYPE, body: trace(`,"kind":"${name}"`) },
    { port: 'WAYBILL_JAEGER_PORT', path: `${SEARCH}&query.attributes=${encodeURIComponent(`{"${name}":"x"}`)}` },
    { port: 'WAYBILL_JAEGER_PORT', path: `${SEARCH}&query.attributes=%7B%22span.status%22:%22${name}%22%7D` },
    { port: 'WAYBILL_JAEGER_PORT', path: `${SEARCH}&query.durationMin=1${name}` },
    { port: 'WAYBILL_JAEGER_PORT', path: `/api/v3/operations?service=${name}&span_kind=${name}` },
    { port: 'WAYBILL_JAEGER_PORT', path: `/api/v3/${name}` },
    { port: 'WAYBILL_PAGE_PORT', path: `/${name}` },
    { port: 'WAYBILL_PAGE_PORT', path: `/traces/${name}` },
    { port: 'WAYBILL_PAGE_PORT', path: `/traces/${'1'.repeat(32)}` },
    visit(`{"url":"http://tatis.test/","${name}":1}`),
    visit(`{"url":"http://tatis.test/","form":{"${name}":"x"},"method":"POST","browser":"${name}"}`),
    visit(`{"url":"http://${name}.test/"}`),
    { port: 'WAYBILL_GATEWAY_CONTROL_PORT', path: '/faults', method: 'PUT', body: `{"gateway.${name}":1}` },
    { port: 'WAYBILL_DNS_CONTROL_PORT', path: '/faults', method: 'PUT', body: `{"${name}":1}` },
    { port: 'WAYBILL_DNS_CONTROL_PORT', path: '/faults', method: 'PUT', body: `{"dns.slow":{"${name}":1}}` },
    { port: 'WAYBILL_ROUTER_CONTROL_PORT', path: '/faults', method: 'PUT', body: `{"router.${name}":true}` },
    { port: 'WAYBILL_APP_PORT', path: '/', headers: { 'waybill-command': name } },
  ];
};

test.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'])(
  'nothing called %s makes a service fail',
  async (name) => {
    const failed: [question: string, status: number][] = [];
    for (const question of questions(name)) {
      const status = await ask(question);
      if (status >= 500 || status === 0)
        failed.push([`${question.port} ${question.path} ${question.body ?? ''}`, status]);
    }
    expect(failed).toEqual([]);
  },
);

test('no process ended of it', () => {
  expect(lab.output()).not.toMatch(/ended/);
});
