import { expect, test } from 'vitest';
import { readLabConfig } from '../config.ts';
import { closingTable } from './closing-table.ts';

test('the journey page comes first, then addresses that every browser resolves', () => {
  expect(closingTable(readLabConfig({}), 1.94)).toBe(`
Waybill is ready (1.9 s)

  Open  http://127.0.0.1:8190/

  the sites           http://tatis.localhost:8180/
                      http://djangogirls.localhost:8180/
    HTTPS             https://tatis.localhost:8443/
                      npm run ca: trusting the lab's certificate
    by address        http://127.0.0.1:8180/  with /letters/ and /jobs/
  DNS                 dig @127.0.0.1 -p 1053 tatis.test
  Jaeger's query API  http://127.0.0.1:16686  (OTLP: http://127.0.0.1:4318)
  logs                .waybill/logs

  From another terminal:  npm run fire dynamic        all scenarios: npm run fire -- --list
  To stop the lab:        Ctrl-C
`);
});

test('only addresses are printed where *.localhost does not resolve to the lab', () => {
  const table = closingTable(readLabConfig({ WAYBILL_HOST: '::1' }), 2);
  expect(table).not.toContain('localhost');
  expect(table).toContain('the sites           http://[::1]:8180/  with /letters/ and /jobs/');
  expect(table).toContain('dig @::1 -p 1053 tatis.test');
});

test('a collector elsewhere is named', () => {
  const table = closingTable(readLabConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }), 2);
  expect(table).toContain('(spans are sent to http://collector:4318)');
});
