import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../runtime/control/fault.ts';
import { type Lab, startDns } from '../../tests/support/dns/dns.ts';
import { readConfig } from './config.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startDns();
});
afterAll(() => lab.close());

async function faults(method: string, body?: string): Promise<[number, unknown]> {
  const response = await fetch(`${lab.control}/faults`, { method, ...(body !== undefined && { body }) });
  return [response.status, await response.json()];
}

const valuesOf = (report: unknown) =>
  Object.fromEntries((report as { faults: Fault[] }).faults.map(({ id, value }) => [id, value]));
const DEFAULTS = { 'dns.slow': 0, 'dns.lost': 0, 'dns.lame': false, 'dns.wrong': false, 'dns.expired': false };

test('faults are set, reported, and reset to their defaults', async () => {
  const broken = { 'dns.lost': 100, 'dns.lame': true };
  for (const [method, body, expected] of [
    ['GET', undefined, DEFAULTS],
    ['PUT', JSON.stringify(broken), { ...DEFAULTS, ...broken }],
    ['PUT', '{"dns.lame":false}', { ...DEFAULTS, 'dns.lost': 100 }],
    ['DELETE', undefined, DEFAULTS],
  ] as const) {
    const [status, report] = await faults(method, body);
    expect([status, valuesOf(report)]).toEqual([200, expected]);
  }
});

const NAMES = 'dns.slow, dns.lost, dns.lame, dns.wrong or dns.expired';

test.each([
  ['[]', 'the body takes an object'],
  ['"x"', 'the body takes an object'],
  ['{"constructor":{}}', `constructor is unknown; expected ${NAMES}`],
  ['{"__proto__":{"test.":1}}', `__proto__ is unknown; expected ${NAMES}`],
  ['{"dns.slow":[1]}', 'dns.slow takes a whole number from 0 to 10000 (ms)'],
  ['{"dns.slow":10001}', 'dns.slow takes a whole number from 0 to 10000 (ms)'],
  ['{"dns.lost":101}', 'dns.lost takes a whole number from 0 to 100 (percent)'],
  ['{"dns.lame":1}', 'dns.lame takes true or false'],
  ['{"dns.slow":5,"dns.lame":"x"}', 'dns.lame takes true or false'],
])('PUT /faults %s is refused with 400, and sets no fault', async (body, message) => {
  expect(await faults('PUT', body)).toEqual([400, { error: { code: 'bad_body', message } }]);
  expect(valuesOf((await faults('GET'))[1])).toEqual(DEFAULTS);
});

test.each([
  ['WAYBILL_DNS_TIMEOUT', '9999999999', 'expected a whole number from 1 to 2147483647 (ms)'],
  ['WAYBILL_DNS_TRIES', '0', 'expected a whole number from 1 to 100'],
])('%s=%s is refused at the start, naming the variable', (name, value, why) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name}: ${why}`);
});
