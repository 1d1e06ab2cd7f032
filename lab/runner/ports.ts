// Are the lab's ports free? Checked before a process is started.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { PORTS, type PortName, portsOf, SERVICE_NAMES } from '../../otel/contract/services.ts';
import { listenError } from '../../runtime/net/listen.ts';
import { LabError } from '../cli/command.ts';
import type { LabConfig } from '../config.ts';
import { isStarted } from './processes.ts';

const HIGHEST = 65_535;
const ANSWER_MS = 2000;

type Wanted = { name: PortName; port: number; udp: boolean; label: string };

/**
 * Throws a LabError when two parts of the lab have the same port, when this lab is already running, or with every port in use, its
 * purpose, and the variable that changes it.
 */
export async function checkPorts(config: LabConfig): Promise<void> {
  const wanted = wantedPorts(config);
  checkDistinct(wanted);
  const failures = await Promise.all(wanted.map(({ port, udp }) => failureAt(config.host, port, udp)));
  const taken = wanted.filter((_, index) => failures[index]?.code === 'EADDRINUSE');
  if (taken.some(({ name }) => name === 'WAYBILL_PAGE_PORT') && (await isWaybill(config.visitorUrl))) {
    throw new LabError(
      `Waybill is already running: ${config.visitorUrl}/. Stop it first (Ctrl-C, or docker compose down), or set other ports for this one (README).`,
    );
  }
  if (taken.length > 0) {
    const lines = taken.map(({ name, port }) => `  ${port}  ${PORTS[name].purpose}: set ${name} to another port`);
    throw new LabError(
      `These ports are in use on ${config.host}; free them, or change them:\n${lines.join('\n')}\nWAYBILL_PORT_OFFSET=${config.portOffset + 100} moves all ports.`,
    );
  }
  for (const [index, failure] of failures.entries()) {
    const { name, port } = wanted[index] as Wanted;
    if (failure) throw new LabError(listenError(failure, { host: config.host, port, variable: name }).message);
  }
}

function wantedPorts(config: LabConfig): Wanted[] {
  return SERVICE_NAMES.filter((service) => isStarted(service, config)).flatMap((service) =>
    portsOf(service).flatMap((name) => {
      const { udp = false } = PORTS[name];
      if (service !== 'app') return [{ name, port: config.ports[name], udp, label: name }];
      return Array.from({ length: config.workers }, (_, index) => ({
        name,
        port: config.ports[name] + index,
        udp,
        label: index === 0 ? name : `${name} + ${index} (worker ${index + 1})`,
      }));
    }),
  );
}

function checkDistinct(wanted: Wanted[]): void {
  for (const [port, [first, second]] of Map.groupBy(wanted, (each) => each.port)) {
    if (port > HIGHEST)
      throw new LabError(`${first?.label} is ${port}, but the highest port is ${HIGHEST}: set a lower one.`);
    if (second)
      throw new LabError(`${first?.label} and ${second.label} are both ${port}: set one of them to another port.`);
  }
}

/** Why a process could not listen on `host`:`port` a moment ago; undefined if it could. */
async function failureAt(host: string, port: number, udp: boolean): Promise<NodeJS.ErrnoException | undefined> {
  return (await tcpFailure(host, port)) ?? (udp ? await udpFailure(host, port) : undefined);
}

/** Whether a process could listen on `host`:`port` a moment ago, with TCP. */
export async function isFree(host: string, port: number): Promise<boolean> {
  return (await tcpFailure(host, port)) === undefined;
}

function tcpFailure(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function udpFailure(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', resolve);
    socket.bind(port, host, () => socket.close(() => resolve(undefined)));
  });
}

async function isWaybill(visitorUrl: string): Promise<boolean> {
  try {
    const response = await fetch(visitorUrl, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await response.text()).includes('Waybill');
  } catch {
    return false;
  }
}
