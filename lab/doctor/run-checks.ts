// Runs all checks, then sends one request; a check that fails does not end the others.

import { connect } from 'node:net';
import { type PortName, SERVICE_NAMES } from '../../otel/contract/services.ts';
import type { LabConfig } from '../config.ts';
import { type CheckContext, checks, healthPort, isPrivate } from './checks.ts';
import { type Finding, failed, type Result } from './finding.ts';
import { probeRequest } from './probe-request.ts';

const REQUEST = 'a request';

/** All findings, in order; `report` gets each as soon as it is made. */
export async function runChecks(context: CheckContext, report: (finding: Finding) => void = () => {}) {
  const findings: Finding[] = [];
  const add = (about: string, result: Result) => {
    const finding = { about, ...result };
    findings.push(finding);
    report(finding);
  };
  const ports = SERVICE_NAMES.map(healthPort);
  const open = await openPorts(context.config, ports);
  const isDown = open.size === 0;
  // Compose publishes no private port: what is behind those, the request shows.
  const hidden = ports.filter(isPrivate);
  const isHidden = hidden.every((port) => !open.has(port));
  const failures: string[] = [];
  for (const { about, service, run } of checks) {
    if (service && (isDown || (isHidden && hidden.includes(healthPort(service))))) continue;
    const result = await Promise.resolve(context).then(run).catch(inconclusive);
    add(about, result);
    if (service && service !== 'app' && result.state === 'failed') failures.push(about);
  }
  if (isDown) add('the lab', failed('The lab is not running: none of its ports is open.', 'npm start'));
  else if (failures.length > 0) {
    const message = `not sent: ${failures.join(', ')} must work first`;
    add(REQUEST, { state: 'warning', message, repair: 'See above.' });
  } else {
    const results = await probeRequest(context.config).catch((error: unknown) => [inconclusive(error)]);
    for (const result of results) add(REQUEST, result);
  }
  return findings;
}

async function openPorts({ reach, ports }: LabConfig, names: readonly PortName[]): Promise<Set<PortName>> {
  const open = await Promise.all(names.map((name) => isOpen(reach, ports[name])));
  return new Set(names.filter((_, index) => open[index]));
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function inconclusive(error: unknown): Result {
  const message = error instanceof Error ? error.message : String(error);
  return failed(`The check itself failed: ${message}`, 'See the logs.');
}
