// The faults of the whole lab: those of DNS, routers and gateway; each service describes and sets its own at its control port.

import type { Fault, FaultChanges } from '../../runtime/control/fault.ts';
import { changesOf } from '../../runtime/control/faults.ts';
import { checked } from '../../runtime/control/schema.ts';
import { ApiError } from '../../runtime/http/api-error.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import type { Faults } from './api.ts';
import type { VisitorConfig } from './config.ts';
import { callControl } from './control.ts';

type ControlPorts = Pick<VisitorConfig, 'resolverControl' | 'routerControls' | 'gatewayControl'>;
/** What one control port reports; no faults where it does not respond. */
type Report = { service: string; port: Endpoint; faults: Fault[] | undefined };

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
    const [service = ''] = id.split('.', 1);
    if (faults.some((fault) => fault.id === id) || !unreachable.includes(service)) continue;
    throw new ApiError(503, 'unreachable', `The control port of ${service} does not respond. Is the service running?`);
  }
  const values = checked(changesOf(faults), changes);
  for (const { port, faults: own = [] } of reports) {
    const body = Object.fromEntries(Object.entries(values).filter(([id]) => own.some((fault) => fault.id === id)));
    if (Object.keys(body).length > 0) await callControl(port, 'PUT', '/faults', { body });
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

function requestAll({ resolverControl, routerControls, gatewayControl }: ControlPorts, method: 'GET' | 'DELETE') {
  const routers = routerControls.map((port) => ({ service: 'router', port }));
  const all = [{ service: 'dns', port: resolverControl }, ...routers, { service: 'gateway', port: gatewayControl }];
  return Promise.all(
    all.map(async ({ service, port }): Promise<Report> => {
      const report = await callControl(port, method, '/faults').catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'unreachable') return undefined;
        throw error;
      });
      return { service, port, faults: (report as { faults: Fault[] } | undefined)?.faults };
    }),
  );
}

function combined(reports: Report[]): Faults {
  const responding = new Set(reports.flatMap(({ service, faults }) => (faults ? [service] : [])));
  return {
    faults: reports.flatMap(({ faults = [] }) => faults),
    unreachable: [...new Set(reports.map(({ service }) => service))].filter((service) => !responding.has(service)),
  };
}
