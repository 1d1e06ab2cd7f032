import { once } from 'node:events';
import { expect, test } from 'vitest';
import { allowedHosts, count, hostPort, manPageTable, milliseconds, readSettings } from './settings.ts';

const SPECS = {
  WAYBILL_TIMEOUT: milliseconds({ default: 500, description: 'until it is given up' }),
  WAYBILL_PAUSE: milliseconds({ default: 0, min: 0, description: '0: none' }),
  WAYBILL_DEPTH: count({ default: 64, max: 100, description: 'how many may wait' }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that the control port accepts'),
};

const read = (environment: NodeJS.ProcessEnv) => readSettings(SPECS, environment);

test('what is not set has its default', () => {
  expect({ ...read({}) }).toEqual({
    WAYBILL_TIMEOUT: 500,
    WAYBILL_PAUSE: 0,
    WAYBILL_DEPTH: 64,
    WAYBILL_ALLOWED_HOSTS: [],
  });
});

test('the least and the most are taken', () => {
  const { WAYBILL_TIMEOUT, WAYBILL_PAUSE, WAYBILL_DEPTH } = read({
    WAYBILL_TIMEOUT: '2147483647',
    WAYBILL_PAUSE: '0',
    WAYBILL_DEPTH: '100',
  });
  expect([WAYBILL_TIMEOUT, WAYBILL_PAUSE, WAYBILL_DEPTH]).toEqual([2147483647, 0, 100]);
});

test.each(['0', '2147483648', '9999999999', '1e3', '1.5', '-1', ' 5', '5 ms', '', 'Infinity', '0x10'])(
  'a time of "%s" is refused, and the range named',
  (text) =>
    expect(() => read({ WAYBILL_TIMEOUT: text })).toThrow(
      `WAYBILL_TIMEOUT: expected a whole number from 1 to 2147483647 (ms), got "${text}" (until it is given up)`,
    ),
);

test('a count has bounds, too', () => {
  expect(() => read({ WAYBILL_DEPTH: '101' })).toThrow(
    'WAYBILL_DEPTH: expected a whole number from 0 to 100, got "101"',
  );
});

test('names of hosts are separated by commas', () => {
  expect(read({ WAYBILL_ALLOWED_HOSTS: 'Lab.example.org, b.example' }).WAYBILL_ALLOWED_HOSTS).toEqual([
    'lab.example.org',
    'b.example',
  ]);
});

test('one address is one: a list of them is refused', () => {
  const settings = { WAYBILL_RESOLVER: hostPort({ default: { host: '::1', port: 53 }, description: 'the resolver' }) };
  expect(readSettings(settings, { WAYBILL_RESOLVER: 'dns:1053' })).toEqual({
    WAYBILL_RESOLVER: { host: 'dns', port: 1053 },
  });
  expect(() => readSettings(settings, { WAYBILL_RESOLVER: 'dns:1053,dns:1054' })).toThrow(
    'WAYBILL_RESOLVER: expected host:port, got "dns:1053,dns:1054" (the resolver)',
  );
  expect(manPageTable(settings)).toContain('| `WAYBILL_RESOLVER` | `[::1]:53` | host:port |');
});

test('a former name is read with a deprecation warning; the new one counts where both are set', async () => {
  const setting = { WAYBILL_WATCHDOG_TIMEOUT: milliseconds({ default: 6000, description: 'of the watchdog' }) };
  const warned = once(process, 'warning');
  expect(readSettings(setting, { WAYBILL_STUCK_AFTER: '700' })).toEqual({ WAYBILL_WATCHDOG_TIMEOUT: 700 });
  expect(String((await warned)[0])).toBe(
    'DeprecationWarning: WAYBILL_STUCK_AFTER is deprecated: set WAYBILL_WATCHDOG_TIMEOUT instead.',
  );
  const both = { WAYBILL_STUCK_AFTER: '700', WAYBILL_WATCHDOG_TIMEOUT: '800' };
  expect(readSettings(setting, both)).toEqual({ WAYBILL_WATCHDOG_TIMEOUT: 800 });
});
