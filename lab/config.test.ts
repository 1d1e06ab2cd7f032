import { expect, test } from 'vitest';
import { LabError } from './cli/command.ts';
import { readLabConfig } from './config.ts';

test('without variables: the addresses of the README', () => {
  const config = readLabConfig({});
  expect(config).toMatchObject({
    host: '127.0.0.1',
    workers: 2,
    home: '.waybill',
    visitorUrl: 'http://127.0.0.1:8190',
    jaegerUrl: 'http://127.0.0.1:16686',
    otlpEndpoint: undefined,
    secretKey: undefined,
  });
  expect(config.ports).toMatchObject({ WAYBILL_SITE_PORT: 8180, WAYBILL_OTLP_PORT: 4318, WAYBILL_DNS_PORT: 1053 });
});

test.each([
  ['localhost', '127.0.0.1', 'http://127.0.0.1:8190'],
  ['::1', '::1', 'http://[::1]:8190'],
  ['0.0.0.0', '0.0.0.0', 'http://127.0.0.1:8190'],
  ['::', '::', 'http://[::1]:8190'],
  ['192.0.2.7', '192.0.2.7', 'http://192.0.2.7:8190'],
])('WAYBILL_HOST=%s listens on %s and is reached at %s', (given, host, url) => {
  expect(readLabConfig({ WAYBILL_HOST: given })).toMatchObject({ host, visitorUrl: url });
});

test.each([
  ['WAYBILL_WORKERS', '0', 'expected a whole number from 1 to 64'],
  ['WAYBILL_WORKERS', '65', 'expected a whole number from 1 to 64'],
  ['WAYBILL_WORKERS', 'two', 'expected a whole number from 1 to 64'],
  ['WAYBILL_PAGE_PORT', 'abc', 'expected a port from 1 to 65535'],
  ['WAYBILL_PAGE_PORT', '0', 'expected a port from 1 to 65535'],
  ['WAYBILL_SITE_PORT', '65536', 'expected a port from 1 to 65535'],
  ['WAYBILL_LOG_LEVEL', 'verbose', 'expected one of trace, debug, info, warn, error, fatal, silent'],
  ['WAYBILL_HOST', 'not a host', 'expected a name or an address'],
  ['WAYBILL_JAEGER_URL', 'localhost:16686', 'expected a URL that begins with http:// or https://'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '4318', 'expected a URL that begins with http:// or https://'],
])('%s=%s is refused with a message for its user', (name, value, reason) => {
  const read = () => readLabConfig({ [name]: value });
  expect(read).toThrow(LabError);
  expect(read).toThrow(new RegExp(`${name}: .*, got "${value}"`));
  expect(read).toThrow(reason);
});

test('a variable that is set to nothing counts as not set, and a slash at the end of a URL does not count', () => {
  const config = readLabConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '', WAYBILL_JAEGER_URL: 'http://jaeger:16686/' });
  expect(config).toMatchObject({ otlpEndpoint: undefined, jaegerUrl: 'http://jaeger:16686' });
});

test('WAYBILL_PORT_OFFSET moves every port that has no value of its own', () => {
  const standard = readLabConfig({}).ports;
  const { ports, visitorUrl } = readLabConfig({ WAYBILL_PORT_OFFSET: '100', WAYBILL_DNS_PORT: '5353' });
  const moved = Object.entries(standard).map(([name, port]) => [name, name === 'WAYBILL_DNS_PORT' ? 5353 : port + 100]);
  expect(ports).toEqual(Object.fromEntries(moved));
  expect(visitorUrl).toBe('http://127.0.0.1:8290');
});
