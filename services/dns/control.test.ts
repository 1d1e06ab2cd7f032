import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { FAULTS } from './faults.ts';
import { type Lab, startDns } from './testing.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startDns();
});
afterAll(() => lab.close());

async function faults(method: string, body?: string): Promise<[number, unknown]> {
  const response = await fetch(`${lab.control}/faults`, { method, ...(body !== undefined && { body }) });
  return [response.status, await response.json()];
}

test('faults are set, told and mended', async () => {
  const broken = { slow: { 'tatis.test.': 0 }, lost: { '.': 100 }, lame: { 'test.': 1 } };
  expect(await faults('PUT', JSON.stringify(broken))).toMatchObject([200, { faults: broken }]);
  expect(await faults('GET')).toMatchObject([200, { faults: broken }]);
  expect(await faults('DELETE')).toMatchObject([200, { faults: {} }]);
});

const NAMES = Object.keys(FAULTS)
  .join(', ')
  .replace(/, (?=[^,]*$)/, ' or ');
const ZONES = '., test., tatis.test. or djangogirls.test.';

test.each([
  ['[]', 'the body takes an object'],
  ['"x"', 'the body takes an object'],
  ['{"constructor":{}}', `constructor is unknown; there is ${NAMES}`],
  ['{"__proto__":{"test.":1}}', `__proto__ is unknown; there is ${NAMES}`],
  ['{"slow":[1]}', 'slow takes an object'],
  ['{"slow":{"constructor":1}}', 'slow takes no field named __proto__, prototype or constructor'],
  ['{"slow":{"com.":1}}', `slow.com. takes ${ZONES}`],
  ['{"slow":{"test.":2147483648}}', 'slow.test. takes a whole number from 0 to 2147483647 (ms)'],
  ['{"lost":{"test.":101}}', 'lost.test. takes a whole number from 0 to 100 (percent)'],
  ['{"lame":{"test.":2}}', 'lame.test. takes a whole number from 0 to 1'],
])('PUT /faults %s: 400, and nothing is broken', async (body, message) => {
  expect(await faults('PUT', body)).toEqual([400, { error: { code: 'bad_body', message } }]);
  expect(await faults('GET')).toMatchObject([200, { faults: {} }]);
});

test.each([
  [
    'WAYBILL_DNS_FAULT_SLOW',
    'tatis.test.=9999999999',
    'slow.tatis.test. takes a whole number from 0 to 2147483647 (ms)',
  ],
  ['WAYBILL_DNS_FAULT_SLOW', 'tatis.test.=soon', 'slow.tatis.test. takes a whole number'],
  ['WAYBILL_DNS_FAULT_LOST', 'com.=50', `lost.com. takes ${ZONES}`],
  ['WAYBILL_DNS_FAULT_LAME', '__proto__', 'lame takes no field named'],
  ['WAYBILL_DNS_TIMEOUT', '9999999999', 'it takes a whole number from 1 to 2147483647 (ms)'],
  ['WAYBILL_DNS_TRIES', '0', 'it takes a whole number from 1 to 100'],
])('%s=%s is refused at the start, naming the variable', (name, value, why) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name} is "${value}": ${why}`);
});
