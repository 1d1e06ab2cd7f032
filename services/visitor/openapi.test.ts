// openapi.json, the man page and the routes describe the same API.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/scenarios.ts';
import { testConfig } from '../../tests/support/visitor/visitor.ts';
import document from './openapi.json' with { type: 'json' };
import { createParts } from './parts.ts';
import { visitorRoutes } from './server.ts';

const routes = visitorRoutes(createParts(testConfig(), new AbortController().signal)).map(
  ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
);
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test('openapi.json describes every route, and no other', () => {
  expect(described.toSorted()).toEqual([...routes, 'GET /healthz'].toSorted());
});

test('every reference in openapi.json resolves', () => {
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

test('every name of a scenario is the same when it is encoded for an address', () => {
  expect(scenarios.filter(({ name }) => encodeURIComponent(name) !== name)).toEqual([]);
});
