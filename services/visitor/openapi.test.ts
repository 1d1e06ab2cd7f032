// openapi.json beside the routes: neither says more than the other. The man page names every route too.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/scenarios.ts';
import document from './openapi.json' with { type: 'json' };
import { visitorParts } from './parts.ts';
import { visitorRoutes } from './server.ts';
import { testConfig } from './testing.ts';

const routes = visitorRoutes(visitorParts(testConfig())).map(
  ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
);
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test('openapi.json describes exactly the routes that there are', () => {
  expect(described.toSorted()).toEqual([...routes, 'GET /healthz'].toSorted());
});

test('every part that openapi.json points to is there', () => {
  const pointers = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)];
  const { components } = document as unknown as { components: Record<string, Record<string, unknown>> };
  expect(pointers.filter(([, kind = '', name = '']) => components[kind]?.[name] === undefined)).toEqual([]);
  expect(pointers.length).toBeGreaterThan(10);
});

test('the man page names every route', () => {
  const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const missing = described
    .map((each) => each.replaceAll(/\{(\w+)\}/g, '<$1>'))
    .filter((each) => !page.includes(`\`${each}`));
  expect(missing).toEqual([]);
});

test('no scenario has a name that an address would have to write otherwise', () => {
  expect(scenarios.filter(({ name }) => encodeURIComponent(name) !== name)).toEqual([]);
});
