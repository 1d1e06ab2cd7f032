// What docker-compose*.yml must have on every engine; read as text, so that no engine is needed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Composition } from './composition.ts';
import { swarmOf } from './swarm.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const lab = parse(read('docker-compose.yml'), { merge: true }) as Composition;
const dashboards = parse(read('docker-compose.dashboards.yml'), { merge: true }) as Composition;
const all = [lab, dashboards].flatMap(({ services }) => Object.entries(services));

test('spans go to Jaeger, whatever COMPOSE_PROFILES says, and to the collector only with its file', () => {
  const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const senders = Object.entries(lab.services).filter(([, { environment = {} }]) => endpoint in environment);
  expect(senders.length).toBeGreaterThan(8);
  for (const [name, { environment = {} }] of senders) {
    expect({ name, to: environment[endpoint] }).toEqual({ name, to: 'http://jaeger:4318' });
    expect({ name, to: dashboards.services[name]?.environment?.[endpoint] }).toEqual({
      name,
      to: 'http://collector:4318',
    });
  }
});

test('a health check has a start period of minutes, in a stack too', () => {
  const checks = [...all, ...Object.entries(swarmOf(lab).services)].flatMap(([name, service]) =>
    'healthcheck' in service ? [{ name, ...(service.healthcheck as object) }] : [],
  );
  expect(checks.length).toBeGreaterThan(20);
  expect(checks.filter((check) => !('start_period' in check && check.start_period === '5m'))).toEqual([]);
});

test('bind mounts are labelled for SELinux, and ports are published on loopback unless WAYBILL_HOST is set', () => {
  const mounts = all.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith('.')));
  expect(mounts).toHaveLength(5);
  expect(mounts.filter((mount) => !mount.endsWith(':ro,z'))).toEqual([]);
  const ports = all.flatMap(([, service]) => service.ports ?? []);
  expect(ports.filter((port) => !/^\$\{WAYBILL_HOST:-127\.0\.0\.1\}:/.test(port))).toEqual([]);
});

test('no sign-in to Grafana: anonymous viewers only, neither login form nor basic authentication', () => {
  expect(dashboards.services.grafana?.environment).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
  });
});

test('in a stack the site has its key from a secret and shows no debug pages; only the proxy has the authority’s key', () => {
  const services = swarmOf(lab).services as Record<string, { environment: object; secrets?: { source: string }[] }>;
  expect(services.app?.environment).toMatchObject({
    WAYBILL_SECRET_KEY_FILE: '/run/secrets/secret-key',
    WAYBILL_DEBUG: 'false',
  });
  const holders = (name: string) =>
    Object.keys(services).filter((each) => services[each]?.secrets?.some(({ source }) => source === name));
  expect({ 'ca.key': holders('ca.key'), 'secret-key': holders('secret-key') }).toEqual({
    'ca.key': ['proxy'],
    'secret-key': ['app'],
  });
});
