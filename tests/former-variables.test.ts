import { expect, test } from 'vitest';
import { FORMER_NAMES } from '../runtime/former-variables.ts';
import { readConfig as readApp } from '../services/app/config.ts';
import { readConfig as readGateway } from '../services/gateway/config.ts';
import { readConfig as readRouter } from '../services/router/config.ts';
import { readConfig as readVisitor } from '../services/visitor/config.ts';

test.each([
  ['WAYBILL_POST_OFFICE', '192.0.2.9:8300', readVisitor, { entryRouter: { host: '192.0.2.9', port: 8300 } }],
  ['WAYBILL_OFFICES', 'north', readRouter, { run: [{ listening: { variable: 'WAYBILL_ROUTER_NORTH_PORT' } }] }],
  ['WAYBILL_LETTERS_PER_WORKER', '7', readGateway, { workerConcurrency: 7 }],
  ['WAYBILL_WORKERS_AT', '10.0.0.1:8201', readGateway, { workerAddresses: [{ host: '10.0.0.1', port: 8201 }] }],
  ['WAYBILL_STUCK_AFTER', '700', readApp, { watchdogTimeout: 700 }],
  ['WAYBILL_START_WITHIN', '900', readApp, { startTimeout: 900 }],
] as const)('the former name %s still sets its variable', (former, value, read, expected) => {
  expect(Object.values(FORMER_NAMES)).toContain(former);
  expect(read({ [former]: value })).toMatchObject(expected);
});
