// What a load sends: scenarios by weight, `static=3,dynamic=1`. Only those of one plain request with a response, without a sign-in or
// a fault; the requests are sent to the proxy directly, so their traces begin there.

import { randomUUID } from 'node:crypto';
import { currentName, findScenario, type Scenario, scenarios } from '../../scenarios/scenarios.ts';
import { atProxy } from '../../services/visitor/sets/measured-visit.ts';
import { flatten } from '../../traces/expected.ts';
import { LabError } from '../cli/command.ts';

/** One kind of request: how often (of the sum of all weights), what is sent, how many spans it must leave, and the id of its set. */
export type Share = {
  name: string;
  weight: number;
  host: string;
  path: string;
  status: number;
  spans: number;
  set: string;
};

/** Reads a mix. Throws a LabError that says what is wrong with it, and what can be sent. */
export function parseMix(text: string): Share[] {
  const shares = text.split(',').map((each) => {
    const [, name, weight] = /^([\w-]+)(?:=(\d{1,6}))?$/.exec(each.trim()) ?? [];
    if (name === undefined)
      throw new LabError(`--mix is "${text}": expected scenario=weight, … such as static=3,dynamic=1`);
    return shareOf(name, Number(weight ?? 1));
  });
  if (new Set(shares.map(({ name }) => name)).size < shares.length)
    throw new LabError(`--mix names a scenario twice: ${text}`);
  if (!shares.some(({ weight }) => weight > 0)) throw new LabError('--mix gives no scenario a weight above 0');
  return shares;
}

/** The shares' order for request `index`: as even as the weights allow, the same in every run. */
export function pick(shares: readonly Share[], index: number): Share {
  const sum = shares.reduce((all, { weight }) => all + weight, 0);
  // The golden ratio spreads the numbers evenly, whatever the sum.
  let at = ((index * 0.6180339887498949) % 1) * sum;
  for (const share of shares) {
    at -= share.weight;
    if (at < 0) return share;
  }
  return shares.at(-1) as Share;
}

function shareOf(name: string, weight: number): Share {
  const share = sendable.get(currentName(name));
  if (share !== undefined) return { ...share, weight, set: randomUUID().slice(0, 8) };
  const reason = findScenario(name) ? 'is more than one plain request' : 'is not a scenario';
  throw new LabError(`"${name}" ${reason}. A load can send: ${[...sendable.keys()].join(', ')}`);
}

const sendable = new Map(
  scenarios.flatMap((scenario) => {
    const share = asShare(scenario);
    return share ? [[scenario.name, share] as const] : [];
  }),
);

function asShare({ name, visits, faults }: Scenario): Omit<Share, 'set'> | undefined {
  const [visit, ...more] = visits;
  if (visit === undefined || more.length > 0 || faults || visit.method !== 'GET' || visit.status === null)
    return undefined;
  const { host, pathname, search } = new URL(visit.url);
  return {
    name,
    weight: 1,
    host,
    path: pathname + search,
    status: visit.status,
    spans: flatten(atProxy(visit)).length,
  };
}
