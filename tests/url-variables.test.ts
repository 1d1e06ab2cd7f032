// A variable that takes a URL refuses any other text when a service starts, and names what it takes.

import { expect, test } from 'vitest';
import { readSettings, type SettingTable } from '../runtime/settings.ts';
import { SETTINGS as app } from '../services/app/config.ts';
import { SETTINGS as proxy } from '../services/proxy/config.ts';
import { SETTINGS as store } from '../services/store/config.ts';
import { SETTINGS as visitor } from '../services/visitor/config.ts';

const variables = Object.entries<SettingTable>({ app, proxy, store, visitor }).flatMap(([service, settings]) =>
  ['WAYBILL_PAGE_URL', 'WAYBILL_JAEGER_URL', 'WAYBILL_JAEGER_PAGE']
    .filter((name) => name in settings)
    .map((name) => ({ service, name, settings })),
);

test.each(variables)('$service refuses $name when it is not an http(s) URL', ({ name, settings }) => {
  for (const text of ['x', 'localhost:16686', 'ftp://jaeger/', '//jaeger', 'http://', 'javascript:alert(1)']) {
    expect(() => readSettings(settings, { [name]: text })).toThrow(
      `${name}: expected a URL that begins with http:// or https://, got "${text}"`,
    );
  }
});

test('every service that has such a variable is tested', () => {
  expect(variables.map(({ service, name }) => `${service} ${name}`)).toEqual([
    'app WAYBILL_PAGE_URL',
    'proxy WAYBILL_PAGE_URL',
    'store WAYBILL_PAGE_URL',
    'visitor WAYBILL_JAEGER_URL',
    'visitor WAYBILL_JAEGER_PAGE',
  ]);
});
