// What the doctor checks before it sends a request, in this order: what the lab needs from the machine, then each service of the
// contract's table.

import { lookup } from 'node:dns/promises';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import {
  PORTS,
  type PortName,
  portsOf,
  SERVICE_NAMES,
  type ServiceName,
  services,
} from '../../otel/contract/services.ts';
import { encodeTraceOption } from '../../otel/propagation/dns.ts';
import { TRACE_OPTION, typeCode } from '../../otel/propagation/dns-numbers.ts';
import { WARM_UP_SPAN } from '../../otel/warm-up.ts';
import { telemetryWarnings } from '../../otel/warnings.ts';
import { exchange } from '../../runtime/dns/exchange.ts';
import { encodeQuery } from '../../runtime/dns/query.ts';
import { at, type LabConfig } from '../config.ts';
import { receiverFailure } from '../runner/receiver.ts';
import { failed, ok, type Result, warning } from './finding.ts';

const A = typeCode('A') as number;
const TIMEOUT_MS = 3000;
const MIN_DISK_BYTES = 200e6;
const MIN_NODE = 24;
const MAX_CLOCK_SKEW_MS = 2500;

/** The lab's configuration, and the environment that it was read from. */
export type CheckContext = { config: LabConfig; environment: NodeJS.ProcessEnv };

/** Checks one thing; what it throws counts as failed. `service`: it needs this one, so it is left out while that cannot be reached. */
export type Check = { about: string; service?: ServiceName; run: (context: CheckContext) => Promise<Result> | Result };

export const checks: readonly Check[] = [
  { about: 'Node', run: () => checkNode(process.versions.node) },
  { about: 'proxies', run: ({ environment }) => checkProxyVariables(environment) },
  { about: 'OTEL_*', run: checkTelemetryVariables },
  { about: 'state', run: ({ config }) => checkHome(config.home) },
  { about: 'disk', run: ({ config }) => checkDisk(config.home) },
  ...SERVICE_NAMES.map((service): Check => {
    if (service === 'app') return { about: 'workers', service, run: ({ config }) => checkWorkers(config) };
    return { about: service, service, run: ({ config }) => checkHealth(service, config) };
  }),
  { about: 'DNS over UDP', service: 'visitor', run: ({ config }) => checkDns(config) },
  { about: 'OTLP', service: 'visitor', run: ({ config }) => checkReceiver(config) },
  { about: 'clock', service: 'visitor', run: ({ config }) => checkClock(config.visitorUrl) },
  { about: 'browser names', run: ({ config }) => checkBrowserNames(config) },
];

/** The port at which a service says whether it is healthy. */
export function healthPort(service: ServiceName): PortName {
  const ports = portsOf(service);
  // A proxy is healthy when the site's own port answers, whatever its control port does.
  return ports.find((name) => name === 'WAYBILL_SITE_PORT' || name.endsWith('_CONTROL_PORT')) ?? (ports[0] as PortName);
}

/** Whether only other services connect there: Compose does not publish it. */
export function isPrivate(port: PortName): boolean {
  return PORTS[port].purpose.startsWith('private');
}

/** Whether Node is new enough. */
export function checkNode(version: string): Result {
  if (Number.parseInt(version, 10) >= MIN_NODE) return ok(`Node ${version}`);
  return failed(
    `Node ${version} is too old: the lab needs ${MIN_NODE}.`,
    'npm ci installs Node 24 on Linux; on other systems install it.',
  );
}

/** Whether requests to 127.0.0.1 would be sent to a proxy of the network. */
export function checkProxyVariables(environment: NodeJS.ProcessEnv): Result {
  const name = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'].find((each) => environment[each]);
  const isExempt = /(^|,)\s*(127\.0\.0\.1|localhost|\*)/.test(environment.NO_PROXY ?? environment.no_proxy ?? '');
  if (name === undefined || isExempt) return ok('no proxy for 127.0.0.1');
  return warning(
    `${name} is set and NO_PROXY does not contain 127.0.0.1: curl and browsers send requests for the lab to that proxy.`,
    'export NO_PROXY=127.0.0.1,localhost',
  );
}

function checkHome(folder: string): Result {
  if (!existsSync(folder)) return failed(`${folder} does not exist: the lab was never started here.`, 'npm start');
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok(folder);
  } catch {
    return failed(
      `${folder} belongs to another user or is not writable.`,
      'Delete it as its owner, or set WAYBILL_HOME.',
    );
  }
}

function checkDisk(folder: string): Result {
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : '.');
  const free = bavail * bsize;
  if (free > MIN_DISK_BYTES) return ok(`${(free / 1e9).toFixed(1)} GB free`);
  return failed(
    `Only ${(free / 1e6).toFixed(0)} MB are free on the disk of ${folder}: spans and logs are lost.`,
    'Free some space.',
  );
}

/** Requests a service's health; distinguishes: no process, another program, no answer. */
async function checkHealth(service: ServiceName, config: LabConfig): Promise<Result> {
  const port = healthPort(service);
  const isStore = services[service].traced === null; // may be a Jaeger elsewhere
  const url = new URL(isStore ? `${config.jaegerUrl}/api/v3/services` : `http://${at(config, port)}/healthz`);
  const log = `${config.home}/logs/${service}.log`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    const text = await response.text();
    if (response.ok && (text.startsWith('{') || (!isStore && text.trim() === 'ok'))) return ok(url.host);
    return failed(
      `${url.host} answered ${response.status}, but not as the lab's ${service} does: does another program listen there?`,
      `Free the port, or set ${port}${isStore ? ' or WAYBILL_JAEGER_URL' : ''} to another one.`,
    );
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') {
      return failed(
        `${service} listens on ${url.host} but did not answer within ${TIMEOUT_MS / 1000} s.`,
        `It is stuck: see ${log}.`,
      );
    }
    return failed(
      `${service} is not running: no process listens on ${url.host}.`,
      `Start the lab with npm start. If it is running, see ${log}.`,
    );
  }
}

async function checkDns(config: LabConfig): Promise<Result> {
  const { reach, ports } = config;
  const options = [{ code: TRACE_OPTION, data: encodeTraceOption(WARM_UP_SPAN) }]; // its trace is not stored
  const query = encodeQuery({ name: 'tatis.test', type: A, recursionDesired: true, options });
  try {
    const server = { host: reach, port: ports.WAYBILL_DNS_PORT };
    await exchange(query, server, { transport: 'udp', timeout: TIMEOUT_MS });
    return ok(at(config, 'WAYBILL_DNS_PORT'));
  } catch {
    return failed(
      `dns does not answer on UDP port ${ports.WAYBILL_DNS_PORT}.`,
      'If a fault slows it down, `npm run faults -- --repair` removes that. If another program uses the port, set WAYBILL_DNS_PORT.',
    );
  }
}

async function checkWorkers(config: LabConfig): Promise<Result> {
  const { workers: wanted } = config;
  const healthy = await Promise.all(
    Array.from({ length: wanted }, (_, index) =>
      fetch(`http://${at(config, 'WAYBILL_APP_PORT', index)}/healthz`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  );
  const count = healthy.filter(Boolean).length;
  if (count === wanted) return ok(`${count} of ${wanted} workers answer`);
  const repair =
    'See the logs app-1.log and following. WAYBILL_WORKERS and WAYBILL_APP_PORT must be those of the running lab.';
  return count === 0
    ? failed(`No worker answers (0 of ${wanted}).`, repair)
    : warning(`${count} of ${wanted} workers answer.`, repair);
}

async function checkReceiver(config: LabConfig): Promise<Result> {
  const { otlpEndpoint, isGrpc } = config;
  const url = otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  const failure = await receiverFailure(url, { isGrpc: isGrpc && otlpEndpoint !== undefined });
  if (failure === undefined) return ok(url);
  return failed(
    `Spans cannot be delivered to ${url} (${failure}).`,
    'Is the store (or your collector) running, and its disk not full? See OTEL_EXPORTER_OTLP_ENDPOINT, and the log of store.',
  );
}

/** What the OTEL_* variables of this shell would do to a lab that is started in it. */
function checkTelemetryVariables({ config, environment }: CheckContext): Result {
  const { otlpEndpoint } = config;
  const url = otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  const warnings = telemetryWarnings(environment, { url, isOutside: otlpEndpoint !== undefined });
  if (warnings.length === 0) return ok('no OTEL_* variable makes traces incomplete');
  return warning(warnings.join(' '), 'Unset it, and start the lab again.');
}

async function checkClock(visitorUrl: string): Promise<Result> {
  const response = await fetch(`${visitorUrl}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const skew = Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now());
  if (Number.isNaN(skew) || skew < MAX_CLOCK_SKEW_MS) return ok('the lab has the same time');
  return failed(
    `The lab's clock differs by ${Math.round(skew / 1000)} s from this one.`,
    'Set the clock of the machine that it runs on (NTP).',
  );
}

async function checkBrowserNames(config: LabConfig): Promise<Result> {
  const found = await lookup('tatis.localhost').catch(() => undefined);
  if (found?.address === '127.0.0.1' || found?.address === '::1')
    return ok(`http://tatis.localhost:${config.ports.WAYBILL_SITE_PORT}/`);
  return warning(
    'This system does not resolve tatis.localhost. Chrome and Firefox do so by themselves, Safari and curl may not.',
    `Use ${config.siteUrl}/ (the first site, which also answers /letters/ and /jobs/).`,
  );
}
