// What the doctor looks at before it sends a letter, in this order: what the lab stands on first, then each service.

import { lookup } from 'node:dns/promises';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { typeCode } from '../../otel/propagation/dns-numbers.ts';
import { telemetryWarnings } from '../../otel/warnings.ts';
import { exchange } from '../../runtime/dns/exchange.ts';
import { encodeQuery } from '../../runtime/dns/query.ts';
import { at, type LabConfig } from '../config.ts';
import { receiverFailure } from '../runner/receiver.ts';
import { broken, type Check, fine, warning } from './finding.ts';

const A = typeCode('A') as number;
const ANSWER_MS = 3000;
const MIN_DISK_BYTES = 200e6;
const MIN_NODE = 24;

/** What the checks look at: the lab's configuration, and the environment that it was read from. */
export type Patient = { config: LabConfig; environment: NodeJS.ProcessEnv };

export const checks: readonly Check<Patient>[] = [
  { about: 'Node', look: async () => nodeVersion(process.versions.node) },
  { about: 'proxies', look: async ({ environment }) => proxyVariables(environment) },
  { about: 'OTEL_*', look: async (patient) => variables(patient) },
  { about: 'state', look: async ({ config }) => home(config.home) },
  { about: 'disk', look: async ({ config }) => disk(config.home) },
  http('visitor', ({ visitorUrl }) => `${visitorUrl}/healthz`, 'WAYBILL_PAGE_PORT'),
  { about: 'phonebook', needsLab: true, look: async ({ config }) => phonebook(config) },
  http('dns', (config) => `http://${at(config, 'WAYBILL_DNS_CONTROL_PORT')}/healthz`, 'WAYBILL_DNS_CONTROL_PORT'),
  http(
    'router',
    (config) => `http://${at(config, 'WAYBILL_ROUTER_CONTROL_PORT')}/healthz`,
    'WAYBILL_ROUTER_CONTROL_PORT',
  ),
  http('proxy', ({ siteUrl }) => `${siteUrl}/healthz`, 'WAYBILL_SITE_PORT'),
  http(
    'gateway',
    (config) => `http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}/healthz`,
    'WAYBILL_GATEWAY_CONTROL_PORT',
  ),
  { about: 'workers', needsLab: true, look: async ({ config }) => workers(config) },
  http('store', ({ jaegerUrl }) => `${jaegerUrl}/api/v3/services`, 'WAYBILL_JAEGER_PORT or WAYBILL_JAEGER_URL'),
  { about: 'way in for spans', needsLab: true, look: async ({ config }) => otlp(config) },
  { about: 'clock', needsLab: true, look: async ({ config }) => clock(config.visitorUrl) },
  { about: 'browser names', look: async ({ config }) => browserNames(config) },
];

/** Whether Node is new enough. */
export function nodeVersion(version: string) {
  if (Number.parseInt(version, 10) >= MIN_NODE) return fine(`Node ${version}`);
  return broken(
    `Node ${version}: the lab needs ${MIN_NODE}.`,
    'npm ci brings its own on Linux; elsewhere install Node 24.',
  );
}

/** Whether requests to 127.0.0.1 would be sent to a proxy of the network. */
export function proxyVariables(environment: NodeJS.ProcessEnv) {
  const name = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'].find((each) => environment[each]);
  const spared = /(^|,)\s*(127\.0\.0\.1|localhost|\*)/.test(environment.NO_PROXY ?? environment.no_proxy ?? '');
  if (name === undefined || spared) return fine('none between this machine and itself');
  return warning(
    `${name} is set, and NO_PROXY does not name 127.0.0.1: curl and browsers ask that proxy for the lab's addresses.`,
    'export NO_PROXY=127.0.0.1,localhost',
  );
}

function home(folder: string) {
  if (!existsSync(folder)) return broken(`${folder} is not there: the lab was never started here.`, 'npm start');
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return fine(folder);
  } catch {
    return broken(
      `${folder} belongs to another user, or cannot be written to.`,
      `Delete it as its owner, or set WAYBILL_HOME.`,
    );
  }
}

function disk(folder: string) {
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : '.');
  const free = bavail * bsize;
  if (free > MIN_DISK_BYTES) return fine(`${(free / 1e9).toFixed(1)} GB free`);
  return broken(
    `Only ${(free / 1e6).toFixed(0)} MB are free where ${folder} is: spans and logs are lost.`,
    'Free some space.',
  );
}

/** Asks a service over HTTP whether it is well; tells apart: nobody there, somebody else there, silence. */
function http(about: string, urlOf: (config: LabConfig) => string, variable: string): Check<Patient> {
  return {
    about,
    needsLab: true,
    async look({ config }) {
      const url = urlOf(config);
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' }).catch(
        (error: Error) => error,
      );
      if (response instanceof Error) return unanswered(about, new URL(url).host, response, config);
      const text = await response.text();
      const isOurs =
        response.ok && (about === 'store' ? text.startsWith('{') : text.trim() === 'ok' || text.startsWith('{'));
      if (isOurs) return fine(new URL(url).host);
      return broken(
        `${new URL(url).host} answered ${response.status}, but not as the lab's ${about} does: another program listens there?`,
        `Free the port, or set ${variable} to another one.`,
      );
    },
  };
}

function unanswered(about: string, host: string, error: Error, { home: folder }: LabConfig) {
  if (error.name === 'TimeoutError') {
    return broken(
      `${about} listens on ${host}, but did not answer within ${ANSWER_MS / 1000} s.`,
      `It is stuck: see ${folder}/logs/${about}.log.`,
    );
  }
  return broken(
    `${about} is not there: nobody listens on ${host}.`,
    `Is the lab up? npm start. If it is, see ${folder}/logs/${about}.log.`,
  );
}

async function phonebook(config: LabConfig) {
  const { reach, ports } = config;
  const query = encodeQuery({ name: 'tatis.test', type: A, recursionDesired: true, options: [] });
  const server = { host: reach, port: Number(ports.WAYBILL_DNS_PORT) };
  try {
    await exchange(query, server, { transport: 'udp', timeout: ANSWER_MS });
    return fine(`${at(config, 'WAYBILL_DNS_PORT')}, UDP`);
  } catch {
    return broken(
      `The phonebook (dns) does not answer on UDP port ${ports.WAYBILL_DNS_PORT}.`,
      'Is dns up? If it is made slow on purpose, `npm run faults -- --repair` mends it. Another program on that port: set WAYBILL_DNS_PORT.',
    );
  }
}

async function workers(config: LabConfig) {
  const { workers: wanted } = config;
  const found = await Promise.all(
    Array.from({ length: wanted }, (_, index) =>
      fetch(`http://${at(config, 'WAYBILL_APP_PORT', index)}/healthz`, {
        signal: AbortSignal.timeout(ANSWER_MS),
      }).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  );
  const up = found.filter(Boolean).length;
  if (up === wanted) return fine(`${up} of ${wanted} answer`);
  const repair =
    'See the logs app-1.log …; WAYBILL_WORKERS and WAYBILL_APP_PORT must be those that the lab was started with.';
  return up === 0
    ? broken(`No worker answers (of ${wanted}).`, repair)
    : warning(`${up} of ${wanted} workers answer.`, repair);
}

async function otlp(config: LabConfig) {
  const url = config.otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  const failure = await receiverFailure(url, { isGrpc: config.isGrpc && config.otlpEndpoint !== undefined });
  if (failure === undefined) return fine(url);
  return broken(
    `No span can be delivered to ${url} (${failure}).`,
    'Is the store (or your collector) up? Another program on that port? A full disk (503)? See OTEL_EXPORTER_OTLP_ENDPOINT, and the log of store.',
  );
}

/** What the OTEL_* variables of this shell would do to a lab that is started in it. */
function variables({ config: { otlpEndpoint }, config, environment }: Patient) {
  const url = otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`;
  const warnings = telemetryWarnings(environment, { url, isOutside: otlpEndpoint !== undefined });
  if (warnings.length === 0) return fine('nothing in OTEL_* keeps a trace from being whole');
  return warning(warnings.join(' '), 'Start the lab again without it.');
}

async function clock(visitorUrl: string) {
  const response = await fetch(`${visitorUrl}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) });
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const differs = Math.abs(theirs - Date.now());
  if (Number.isNaN(theirs) || differs < 2500) return fine('the lab has the same time');
  return broken(
    `The lab's clock differs by ${Math.round(differs / 1000)} s from this one.`,
    'Set the clock of the machine that it runs on (NTP).',
  );
}

async function browserNames(config: LabConfig) {
  const found = await lookup('tatis.localhost').catch(() => undefined);
  if (found?.address === '127.0.0.1' || found?.address === '::1')
    return fine(`http://tatis.localhost:${config.ports.WAYBILL_SITE_PORT}/`);
  return warning(
    'This system does not resolve tatis.localhost. Chrome and Firefox do so by themselves, Safari and curl may not.',
    `Use ${config.siteUrl}/ (the first site, which also answers /letters/ and /jobs/).`,
  );
}
