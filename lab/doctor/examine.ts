// Runs all checks, then follows one letter; a check that fails does not keep the others from being made.

import { connect } from 'node:net';
import type { PortName } from '../../otel/contract/services.ts';
import type { LabConfig } from '../config.ts';
import { checks, type Patient } from './checks.ts';
import { broken, type Finding } from './finding.ts';
import { followLetter } from './letter.ts';

/** Compose publishes no port for these; there the letter tells about them. */
const PRIVATE: Record<string, PortName> = {
  dns: 'WAYBILL_DNS_CONTROL_PORT',
  router: 'WAYBILL_ROUTER_CONTROL_PORT',
  gateway: 'WAYBILL_GATEWAY_CONTROL_PORT',
  workers: 'WAYBILL_APP_PORT',
};
/** Without these a letter tells nothing new. */
const NEEDED = ['visitor', 'phonebook', 'router', 'proxy', 'gateway', 'store'];
const PUBLIC: PortName[] = ['WAYBILL_PAGE_PORT', 'WAYBILL_SITE_PORT'];

/** Everything that was found, in order; `tell` is given each finding as it is made. */
export async function examine(patient: Patient, tell: (finding: Finding) => void = () => {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    tell(finding);
  };
  const open = await openPorts(patient.config, [...PUBLIC, ...Object.values(PRIVATE)]);
  const isDown = open.size === 0;
  const isClosed = !isDown && Object.values(PRIVATE).every((name) => !open.has(name));
  for (const { about, look, needsLab } of checks) {
    if ((isDown && needsLab) || (isClosed && about in PRIVATE)) continue;
    add({ about, ...(await look(patient).catch(inconclusive)) });
  }
  if (isDown) {
    add({ about: 'the lab', ...broken('The lab is not running: none of its ports is open.', 'npm start') });
    return findings;
  }
  const isAway = (about: string) => findings.some((finding) => finding.about === about && finding.state === 'broken');
  const away = NEEDED.filter(isAway);
  if (away.length > 0) {
    const message = `not sent: ${away.join(', ')} must be up for that`;
    add({ about: 'a letter', state: 'warning', message, repair: 'See above.' });
    return findings;
  }
  const followed = await followLetter(patient.config).catch((error: unknown) => [inconclusive(error)]);
  for (const finding of followed) add({ about: 'a letter', ...finding });
  return findings;
}

async function openPorts({ reach, ports }: LabConfig, names: readonly PortName[]): Promise<Set<PortName>> {
  const open = await Promise.all(names.map((name) => isOpen(reach, ports[name])));
  return new Set(names.filter((_, index) => open[index]));
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const tell = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => tell(true)).once('error', () => tell(false));
  });
}

function inconclusive(error: unknown): Omit<Finding, 'about'> {
  const message = error instanceof Error ? error.message : String(error);
  return broken(`This could not be looked at: ${message}`, 'See the logs.');
}
