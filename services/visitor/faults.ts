// The faults of the whole lab: each service describes and sets its own at its control port, the visitor sets its own here.

import { type Fault, type FaultChanges, isSet } from '../../runtime/control/fault.ts';
import { changesOf, faultTable } from '../../runtime/control/faults.ts';
import { checked } from '../../runtime/control/schema.ts';
import { telemetryFaults } from '../../runtime/control/telemetry-faults.ts';
import { ApiError } from '../../runtime/http/api-error.ts';
import { log } from '../../runtime/log.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import type { Faults } from './api.ts';
import type { VisitorConfig } from './config.ts';
import { callControl } from './control.ts';

type ControlPorts = Pick<VisitorConfig, 'resolverControl' | 'routerControls' | 'proxyControl' | 'gatewayControl'>;
type Answer = { faults: Fault[]; started: number };
/** Where faults are set: a control port, or this process. */
type Place = { service: string; key: string; call: (method: string, changes?: FaultChanges) => Promise<Answer> };
/** What one place reports; no faults where it does not respond. */
type Report = { place: Place; faults: Fault[] | undefined };

const OWN = faultTable('visitor', telemetryFaults('visitor'));
/** How often a service that was started again is looked for while its telemetry has faults, in ms. */
const RESTART_POLL_MS = 2000;

/** Every fault with its value, in the order of a journey. */
export async function readFaults(ports: ControlPorts): Promise<Faults> {
  return combined(await requestAll(ports, 'GET'));
}

/** Sets the faults in `changes`; resolves with every fault. Throws an ApiError when one value is not valid, and then sets none. */
export async function setFaults(changes: FaultChanges, ports: ControlPorts): Promise<Faults> {
  await changeFaults(changes, ports);
  return readFaults(ports);
}

/** The same; resolves with every fault as it was before. */
async function changeFaults(changes: FaultChanges, ports: ControlPorts): Promise<Fault[]> {
  const reports = await requestAll(ports, 'GET');
  const { faults, unreachable } = combined(reports);
  for (const id of Object.keys(changes)) {
    const [name = ''] = id.split('.', 1);
    const service = name === 'app' ? 'gateway' : name; // which sets those of its workers
    if (faults.some((fault) => fault.id === id) || !unreachable.includes(service)) continue;
    throw new ApiError(503, 'unreachable', `The control port of ${service} does not respond. Is the service running?`);
  }
  const values = checked(changesOf(faults), changes);
  for (const { place, faults: own = [] } of reports) {
    const body = Object.fromEntries(Object.entries(values).filter(([id]) => own.some((fault) => fault.id === id)));
    if (Object.keys(body).length > 0) keep(place, await place.call('PUT', body));
  }
  return faults;
}

/** Sets the faults in `changes` for a while; resolves with the function that restores their former values. Throws as setFaults. */
export async function setFaultsFor(
  changes: FaultChanges | undefined,
  ports: ControlPorts,
): Promise<() => Promise<void>> {
  if (changes === undefined) return async () => {};
  const faults = await changeFaults(changes, ports);
  const former = faults.filter(({ id }) => id in changes).map(({ id, value }) => [id, value]);
  return async () => void (await changeFaults(Object.fromEntries(former), ports));
}

/** Resets every fault that is reachable to its default; resolves with every fault. */
export async function resetFaults(ports: ControlPorts): Promise<Faults> {
  return combined(await requestAll(ports, 'DELETE'));
}

function requestAll(ports: ControlPorts, method: 'GET' | 'DELETE') {
  return Promise.all(
    placesOf(ports).map(async (place): Promise<Report> => {
      const answer = await place.call(method).catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'unreachable') return undefined;
        throw error;
      });
      if (answer && method === 'DELETE') keep(place, answer);
      return { place, faults: answer?.faults };
    }),
  );
}

function placesOf({ resolverControl, routerControls, proxyControl, gatewayControl }: ControlPorts): Place[] {
  const at = (service: string, port: Endpoint): Place => ({
    service,
    key: authority(port),
    call: async (method, body) => (await callControl(port, method, '/faults', { body })) as Answer,
  });
  const own: Place = {
    service: 'visitor',
    key: 'visitor',
    call: (method, changes) =>
      method === 'GET' ? Promise.resolve(OWN.read()) : OWN.change(method === 'PUT' ? (changes ?? {}) : OWN.defaults),
  };
  return [
    own,
    at('dns', resolverControl),
    ...routerControls.map((port) => at('router', port)),
    at('proxy', proxyControl),
    at('gateway', gatewayControl),
  ];
}

function combined(reports: Report[]): Faults {
  const responding = new Set(reports.flatMap(({ place, faults }) => (faults ? [place.service] : [])));
  const all = new Map<string, Fault>();
  // Routers that run alone have faults in common: one that any of them has is shown.
  for (const fault of reports.flatMap(({ faults = [] }) => faults)) {
    const before = all.get(fault.id);
    if (before === undefined || !isSet(before)) all.set(fault.id, fault);
  }
  return {
    faults: [...all.values()],
    unreachable: [...new Set(reports.map(({ place }) => place.service))].filter((service) => !responding.has(service)),
  };
}

/** The faults of the telemetry that are set, by place, and when its process has started. */
const kept = new Map<string, { place: Place; started: number; values: FaultChanges }>();
let poll: NodeJS.Timeout | undefined;

/** A service that is started again gets the faults of its telemetry again. */
function keep(place: Place, { faults, started }: Answer): void {
  const set = faults.filter((fault) => fault.group === 'telemetry' && isSet(fault));
  if (set.length === 0 || place.key === 'visitor') kept.delete(place.key);
  else kept.set(place.key, { place, started, values: Object.fromEntries(set.map(({ id, value }) => [id, value])) });
  if (kept.size > 0) {
    poll ??= setInterval(() => void restoreAll(), RESTART_POLL_MS).unref();
  } else {
    clearInterval(poll);
    poll = undefined;
  }
}

async function restoreAll(): Promise<void> {
  for (const { place, started, values } of [...kept.values()]) {
    const answer = await place.call('GET').catch(() => undefined);
    if (answer === undefined || answer.started === started) continue;
    log.info({ restarted: place.service, faults: values }, 'a service was started again: its faults are set again');
    keep(place, await place.call('PUT', values).catch(() => answer));
  }
}
