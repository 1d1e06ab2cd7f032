import { expect, test } from 'vitest';
import { readLabConfig } from '../config.ts';
import { closingTable } from './closing-table.ts';

test('the visitor’s home page comes first, and a way to the sites that every browser can go', () => {
  expect(closingTable(readLabConfig({}), 1.94)).toBe(`
Waybill is ready (1.9 s)

  start here          http://127.0.0.1:8190/
  the sites           http://tatis.localhost:8180/  http://djangogirls.localhost:8180/
    sealed            https://tatis.localhost:8443/  (npm run ca: whom to believe)
    without names     http://127.0.0.1:8180/  and there /letters/ and /jobs/
  the phonebook       dig @127.0.0.1 -p 1053 tatis.test
  Jaeger's query API  http://127.0.0.1:16686  (OTLP on http://127.0.0.1:4318)
  logs                .waybill/logs

  From another terminal:  npm run fire dynamic        which others: npm run fire -- --list
  To take it down:        Ctrl-C
`);
});

test('where *.localhost does not lead, only addresses are printed', () => {
  const table = closingTable(readLabConfig({ WAYBILL_HOST: '::1' }), 2);
  expect(table).not.toContain('localhost');
  expect(table).toContain('the sites           http://[::1]:8180/  and there /letters/ and /jobs/');
  expect(table).toContain('dig @::1 -p 1053 tatis.test');
});

test('spans that go elsewhere', () => {
  const table = closingTable(readLabConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }), 2);
  expect(table).toContain('(spans go to http://collector:4318)');
});
