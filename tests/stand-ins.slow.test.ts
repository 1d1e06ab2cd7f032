// Other programs for the lab's own parts: nginx for the proxy, unbound for the resolver, by the files in deploy/stand-ins.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readTrace } from '../lab/cli/send.ts';
import { freePortVariables, type Lab, startLab } from '../lab/fixture.ts';
import { ROOT } from '../runtime/program.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { lookUp } from '../services/visitor/visit/resolve.ts';
import { hasTool } from './tool.ts';

const NGINX = '/usr/sbin/nginx';
const UNBOUND = '/usr/sbin/unbound';

/** A configuration with its variables filled in, as a file. */
function configuration(name: string, variables: Record<string, string>): string {
  const text = readFileSync(join(ROOT, 'deploy/stand-ins', name), 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_, variable: string) => variables[variable] ?? expect.fail(`${name} wants ${variable}`),
  );
  const file = join(mkdtempSync(join(tmpdir(), 'waybill-stand-in-')), name);
  writeFileSync(file, text);
  return file;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

const noUnbound = hasTool(UNBOUND) ? undefined : `${UNBOUND} is not there`;
describe.skipIf(noUnbound)(`unbound with the lab's zone files${noUnbound ? ` (${noUnbound})` : ''}`, () => {
  let unbound: ChildProcess;
  const resolver = { host: '127.0.0.1', port: 0 };
  beforeAll(async () => {
    resolver.port = Number((await freePortVariables()).WAYBILL_DNS_PORT);
    const ZONES = join(ROOT, 'services/dns/zones');
    unbound = spawn(UNBOUND, ['-c', configuration('unbound.conf', { PORT: String(resolver.port), ZONES })], {
      stdio: 'inherit',
    });
    await vi.waitFor(async () => expect((await ask('tatis.test')).code).toBe('NOERROR'));
  });
  afterAll(() => end(unbound));

  const spanContext = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), traceFlags: 1 };
  const ask = (name: string) => lookUp(name, { resolver, timeout: 1000, spanContext });

  test.each([
    ['tatis.test', 'NOERROR', '203.0.113.10'],
    ['www.tatis.test', 'NOERROR', '203.0.113.10'],
    ['letters.tatis.test', 'NOERROR', '203.0.113.20'],
    ['nowhere.test', 'NXDOMAIN', undefined],
  ])('tells the visitor of %s: %s %s', async (name, code, address) => {
    const answer = await ask(name);
    expect({ code: answer.code, address: answer.addresses[0] }).toEqual({ code, address });
  });

  test('a long answer comes whole, over TCP', async () => {
    expect((await ask('big.tatis.test')).addresses).toHaveLength(101);
  });
});

const noNginx = hasTool(NGINX) ? undefined : `${NGINX} is not there`;
describe.skipIf(noNginx)(`nginx before the lab's gateway${noNginx ? ` (${noNginx})` : ''}`, () => {
  let lab: Lab;
  let nginx: ChildProcess;
  beforeAll(async () => {
    const others = await freePortVariables();
    const place = (name: string) => `127.0.0.1:${others[name]}`;
    // The map leads to nginx where it would lead to the proxy; the proxy runs as well, and gets no requests.
    const map = readFileSync(join(ROOT, 'services/addresses/addresses.local'), 'utf8')
      .replaceAll(/\$WAYBILL_REACH:\$WAYBILL_SITE_PORT:8180/g, place('WAYBILL_SITE_PORT'))
      .replaceAll(/\$WAYBILL_REACH:\$WAYBILL_SITE_PP_PORT:8181/g, place('WAYBILL_SITE_PP_PORT'));
    const HOME = mkdtempSync(join(tmpdir(), 'waybill-stand-in-'));
    writeFileSync(join(HOME, 'addresses'), map);
    lab = await startLab({ WAYBILL_ADDRESSES: join(HOME, 'addresses') });
    const variables = {
      HOME,
      GATEWAY: `127.0.0.1:${lab.config.ports.WAYBILL_GATEWAY_PORT}`,
      STATIC: join(lab.config.home, 'static'),
      SITE: place('WAYBILL_SITE_PORT'),
      SITE_PP: place('WAYBILL_SITE_PP_PORT'),
    };
    const file = configuration('nginx.conf', variables);
    // One process: as root, another would be a user who may not read the lab's home.
    nginx = spawn(NGINX, ['-c', file, '-e', join(HOME, 'error.log'), '-g', 'master_process off;'], {
      stdio: 'inherit',
    });
    await vi.waitFor(async () => expect((await visit('/favicon.ico')).status).toBe(204));
  });
  afterAll(async () => {
    await end(nginx);
    await lab?.stop();
  });

  async function visit(path: string): Promise<VisitAnswer> {
    const body = JSON.stringify({ url: `http://tatis.test${path}` });
    return (await (await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body })).json()) as VisitAnswer;
  }

  test('a page comes through the routers and nginx, in one trace that lacks only spans of the web server', async () => {
    const { traceId, status, headers } = await visit('/');
    expect({ status, server: headers.server }).toEqual({ status: 200, server: expect.stringContaining('nginx') });
    const services = await vi.waitFor(async () => {
      const found = new Set((await readTrace(traceId, lab.config)).spans.map(({ service }) => service));
      expect(found).toContain('app');
      expect(found).toContain('router');
      return found;
    });
    expect([...services].sort()).toEqual(['app', 'dns', 'gateway', 'router', 'visitor']);
  });

  test('nginx serves a static file, and no worker gets the request', async () => {
    const page = (await visit('/')).body;
    const [, style = ''] = /href="(\/static\/style[^"]+)"/.exec(page) ?? [];
    const { status, headers } = await visit(style);
    expect({ status, kept: headers['cache-control'], server: headers.server }).toEqual({
      status: 200,
      kept: expect.stringContaining('immutable'),
      server: expect.stringContaining('nginx'),
    });
  });
});
