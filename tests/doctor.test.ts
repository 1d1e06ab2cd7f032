// Labs broken in one way each, and whether `npm run doctor` names it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLabConfig } from '../lab/config.ts';
import { checkNode, checkProxyVariables } from '../lab/doctor/checks.ts';
import type { Finding } from '../lab/doctor/finding.ts';
import { runChecks } from '../lab/doctor/run-checks.ts';
import { freePortVariables, type Lab } from '../lab/fixture.ts';
import type { Traces } from '../services/visitor/api.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

/** What the doctor finds wrong: warnings about this machine are not the lab's. */
async function failures(extra: NodeJS.ProcessEnv = {}): Promise<Finding[]> {
  const environment = { ...lab.environment, ...extra };
  const findings = await runChecks({ config: readLabConfig(environment), environment });
  return findings.filter(({ state }) => state === 'failed');
}

const control = (port: number, path: string, method: string, body?: object) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

test('a healthy lab: no check fails', async () => {
  expect(await failures()).toEqual([]);
});

test('what a check sends is not in the list of recent traces', async () => {
  const scenariosOf = async (query: string) => {
    const { traces } = (await (await fetch(`${lab.config.visitorUrl}/traces${query}`)).json()) as Traces;
    return traces.map(({ scenario }) => scenario);
  };
  expect(await scenariosOf('')).not.toContain('doctor');
  expect(await scenariosOf('?scenario=doctor')).toContain('doctor');
});

test('not running', async () => {
  expect(await failures(await freePortVariables())).toMatchObject([{ about: 'the lab', repair: 'npm start' }]);
});

describe('a service that is stuck is named', () => {
  test.for([
    ['visitor', 'visitor'],
    ['dns', 'dns'],
    ['router', 'router'],
    ['proxy', 'proxy'],
    ['gateway', 'gateway'],
    ['store', 'store'],
  ] as const)('%s', async ([name, about]) => {
    const pid = lab.pidOf(name);
    process.kill(pid, 'SIGSTOP');
    try {
      const [first] = await failures();
      expect(first).toMatchObject({ about });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

test('another program on a port of the lab', async () => {
  const stranger = createServer((_, response) => response.end('<h1>not the lab</h1>'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as AddressInfo;
  try {
    expect(await failures({ WAYBILL_SITE_PORT: String(port) })).toMatchObject([
      { about: 'proxy', message: expect.stringContaining('does another program listen there') },
    ]);
  } finally {
    stranger.close();
  }
});

describe('a fault is found by the request', () => {
  test('a router that is down', async () => {
    const { WAYBILL_ROUTER_CONTROL_PORT: port } = lab.config.ports;
    await control(port, '/faults', 'PUT', { 'router.corner': true });
    try {
      expect(await failures()).toMatchObject([
        { about: 'a request', message: expect.stringContaining('ended at router') },
      ]);
    } finally {
      await control(port, '/faults', 'DELETE');
    }
  });

  test.for([
    [
      'no worker is given requests',
      { 'gateway.workers': 0, 'gateway.queueDepth': 0 },
      'answered with 503; look at gateway',
    ],
    [
      'a worker that hangs',
      { 'gateway.fault': 'stuck', 'gateway.faultEvery': 1, 'gateway.timeout': 300 },
      'answered with 504; look at app',
    ],
  ] as const)('%s', async ([, settings, message]) => {
    const { WAYBILL_GATEWAY_CONTROL_PORT: port } = lab.config.ports;
    await control(port, '/faults', 'PUT', settings);
    try {
      expect(await failures()).toMatchObject([{ about: 'a request', message: expect.stringContaining(message) }]);
    } finally {
      await control(port, '/faults', 'DELETE');
    }
  });

  test('a resolver that does not answer', async () => {
    const { WAYBILL_DNS_CONTROL_PORT: port } = lab.config.ports;
    await control(port, '/faults', 'PUT', { 'dns.lost': 100 });
    try {
      expect((await failures()).at(-1)).toMatchObject({
        about: 'a request',
        message: expect.stringContaining('ended at dns'),
      });
    } finally {
      await control(port, '/faults', 'DELETE');
    }
  });
});

test('fewer workers than the environment says', async () => {
  const environment = { ...lab.environment, WAYBILL_WORKERS: '3' };
  const findings = await runChecks({ config: readLabConfig(environment), environment });
  expect(findings).toContainEqual(
    expect.objectContaining({
      about: 'workers',
      state: 'warning',
      message: expect.stringContaining('of 3 workers answer'),
    }),
  );
});

test('the address for spans has no listener', async () => {
  const elsewhere = 'http://127.0.0.1:9';
  expect(
    await failures({ OTEL_EXPORTER_OTLP_ENDPOINT: elsewhere, WAYBILL_JAEGER_URL: lab.config.jaegerUrl }),
  ).toMatchObject([{ about: 'OTLP', message: expect.stringContaining(`Spans cannot be delivered to ${elsewhere} (`) }]);
});

test('a Node that is too old, and a proxy of the network in the way', () => {
  expect(checkNode('20.20.2')).toMatchObject({ state: 'failed' });
  expect(checkProxyVariables({ HTTP_PROXY: 'http://proxy:3128' })).toMatchObject({ state: 'warning' });
  expect(checkProxyVariables({ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '127.0.0.1,localhost' })).toMatchObject({
    state: 'ok',
  });
});
