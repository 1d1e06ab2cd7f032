// Reads and turns the knobs of the whole lab, through the control ports of phonebook, post offices and gateway.

import { Problem } from '../../../runtime/http/problem.ts';
import type { Fault, FaultChanges, Faults } from '../api.ts';
import type { VisitorConfig } from '../config.ts';
import { askControl } from '../control.ts';
import { DNS_KNOBS, dnsTable, faultsOf, GATEWAY_KNOBS, type LabState } from './knobs.ts';

type Ports = Pick<VisitorConfig, 'resolverControl' | 'routerControls' | 'gatewayControl'>;

/** Every knob as it is. */
export async function readFaults(ports: Ports): Promise<Faults> {
  const state = await readState(ports);
  const away = (['dns', 'router', 'gateway'] as const).filter((service) => state[service] === undefined);
  return { faults: faultsOf(state), away };
}

/** Turns the knobs that `changes` names; resolves with every knob. Throws a Problem when one can't be turned so, before any is. */
export async function turnFaults(changes: FaultChanges, ports: Ports): Promise<Faults> {
  const { faults, away } = await readFaults(ports);
  const turned = Object.entries(changes).map(([id, value]) => {
    const fault = faults.find((each) => each.id === id);
    if (fault === undefined) throw unknown(id, faults, away);
    return { id, value: checkedValue(fault, value) };
  });
  const of = (service: string) => turned.filter(({ id }) => id.startsWith(`${service}.`));

  if (of('dns').length > 0) await turnDns(of('dns'), ports);
  for (const { id, value } of of('router')) await turnOffice(id.slice('router.'.length), value === true, ports);
  if (of('gateway').length > 0) {
    const settings = of('gateway').map(({ id, value }) => [
      GATEWAY_KNOBS.find((knob) => knob.id === id)?.setting,
      value,
    ]);
    await askControl(ports.gatewayControl, 'PUT', '/settings', { body: Object.fromEntries(settings) });
  }
  return readFaults(ports);
}

/** Mends everything that can be reached; resolves with every knob. */
export async function mendFaults(ports: Ports): Promise<Faults> {
  const { resolverControl, gatewayControl } = ports;
  const offices = (await readState(ports)).router ?? {};
  await Promise.all([
    askControl(resolverControl, 'DELETE', '/faults').catch(whenAway),
    askControl(gatewayControl, 'DELETE', '/settings').catch(whenAway),
    ...Object.entries(offices).map(([name, state]) => state === 'closed' && turnOffice(name, false, ports)),
  ]);
  return readFaults(ports);
}

async function readState({ resolverControl, routerControls, gatewayControl }: Ports): Promise<LabState> {
  const [dns, settings, defaults, ...offices] = await Promise.all([
    askControl(resolverControl, 'GET', '/faults').catch(whenAway),
    askControl(gatewayControl, 'GET', '/settings').catch(whenAway),
    askControl(gatewayControl, 'GET', '/settings/defaults').catch(whenAway),
    ...routerControls.map((control) => askControl(control, 'GET', '/offices').catch(whenAway)),
  ]);
  const open = offices.filter((each) => each !== undefined);
  return {
    dns: dns as LabState['dns'],
    router: open.length > 0 ? (Object.assign({}, ...open) as Record<string, string>) : undefined,
    gateway: settings && defaults ? ({ settings, defaults } as LabState['gateway']) : undefined,
  };
}

async function turnDns(turned: { id: string; value: unknown }[], { resolverControl }: Ports): Promise<void> {
  const { faults } = (await askControl(resolverControl, 'GET', '/faults')) as NonNullable<LabState['dns']>;
  const amounts = turned.map(({ id, value }) => [DNS_KNOBS.find((knob) => knob.id === id)?.name, Number(value)]);
  await askControl(resolverControl, 'PUT', '/faults', { body: dnsTable(faults, Object.fromEntries(amounts)) });
}

/** Closes or opens the office, wherever it lives: in Compose each has a house of its own. */
async function turnOffice(name: string, close: boolean, { routerControls }: Ports): Promise<void> {
  for (const control of routerControls) {
    const offices = await askControl(control, 'GET', '/offices').catch(whenAway);
    if (offices && Object.hasOwn(offices, name)) {
      await askControl(control, 'POST', `/offices/${encodeURIComponent(name)}/${close ? 'close' : 'open'}`);
    }
  }
}

/** `value` as the knob takes it. Throws a Problem that says what it takes. */
function checkedValue(fault: Fault, value: unknown): boolean | number | string {
  if (fault.kind === 'switch' && typeof value === 'boolean') return value;
  if (fault.kind === 'choice' && fault.choices.includes(value as string)) return value as string;
  if (fault.kind === 'number' && Number.isSafeInteger(value)) {
    const [number, { min, max }] = [value as number, fault.range];
    if (number >= min && number <= max) return number;
  }
  throw new Problem(400, 'bad_body', `${fault.id} takes ${takes(fault)}`);
}

function takes(fault: Fault): string {
  if (fault.kind === 'switch') return 'true or false';
  if (fault.kind === 'choice') return fault.choices.join(', ');
  const { min, max, unit } = fault.range;
  return `a whole number from ${min} to ${max} (${unit})`;
}

function unknown(id: string, faults: Fault[], away: string[]): Problem {
  const [service = ''] = id.split('.');
  if (away.includes(service)) return new Problem(503, 'away', `The control port of ${service} does not answer`);
  return new Problem(
    400,
    'bad_body',
    `${id.slice(0, 60)} is unknown; there is ${faults.map((each) => each.id).join(', ')}`,
  );
}

/** Nothing from a control port that does not answer; what else goes wrong is thrown on. */
function whenAway(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'away') return undefined;
  throw error;
}
