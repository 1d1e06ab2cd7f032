// The faults of the whole lab: those of DNS, routers and gateway, each described and set by its service at its control port.

import type { Fault, FaultChanges } from '../../../runtime/control/fault.ts';
import { changesOf } from '../../../runtime/control/faults.ts';
import { checked } from '../../../runtime/control/schema.ts';
import { Problem } from '../../../runtime/http/problem.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import type { Faults } from '../api.ts';
import type { VisitorConfig } from '../config.ts';
import { askControl } from '../control.ts';

type Ports = Pick<VisitorConfig, 'resolverControl' | 'routerControls' | 'gatewayControl'>;
/** What one control port reports; undefined where it does not answer. */
type Report = { service: string; port: Endpoint; faults: Fault[] | undefined };

/** Every fault as it is, in the order of a journey. */
export async function readFaults(ports: Ports): Promise<Faults> {
  return together(await Promise.all(portsOf(ports).map((port) => read(port))));
}

/** Sets the faults that `changes` names; resolves with every fault. Throws a Problem when one can't be set so, before any is. */
export async function turnFaults(changes: FaultChanges, ports: Ports): Promise<Faults> {
  const reports = await Promise.all(portsOf(ports).map((port) => read(port)));
  const { faults, away } = together(reports);
  const lost = Object.keys(changes).find(
    (id) => !faults.some((fault) => fault.id === id) && away.includes(serviceOf(id)),
  );
  if (lost !== undefined) {
    throw new Problem(503, 'away', `The control port of ${serviceOf(lost)} does not answer`);
  }
  const values = checked(changesOf(faults), changes);
  for (const { port, faults: own = [] } of reports) {
    const body = Object.fromEntries(Object.entries(values).filter(([id]) => own.some((fault) => fault.id === id)));
    if (Object.keys(body).length > 0) await askControl(port, 'PUT', '/faults', { body });
  }
  return readFaults(ports);
}

/** Sets every fault that can be reached to its default; resolves with every fault. */
export async function mendFaults(ports: Ports): Promise<Faults> {
  return together(await Promise.all(portsOf(ports).map((port) => read(port, 'DELETE'))));
}

function portsOf({ resolverControl, routerControls, gatewayControl }: Ports): Omit<Report, 'faults'>[] {
  const routers = routerControls.map((port) => ({ service: 'router', port }));
  return [{ service: 'dns', port: resolverControl }, ...routers, { service: 'gateway', port: gatewayControl }];
}

async function read({ service, port }: Omit<Report, 'faults'>, method: 'GET' | 'DELETE' = 'GET'): Promise<Report> {
  const report = (await askControl(port, method, '/faults').catch(whenAway)) as { faults: Fault[] } | undefined;
  return { service, port, faults: report?.faults };
}

function together(reports: Report[]): Faults {
  const answering = new Set(reports.flatMap(({ service, faults }) => (faults ? [service] : [])));
  return {
    faults: reports.flatMap(({ faults = [] }) => faults),
    away: [...new Set(reports.map(({ service }) => service))].filter((service) => !answering.has(service)),
  };
}

function serviceOf(id: string): string {
  return id.split('.', 1)[0] ?? '';
}

/** Nothing from a control port that does not answer; what else goes wrong is thrown on. */
function whenAway(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'away') return undefined;
  throw error;
}
