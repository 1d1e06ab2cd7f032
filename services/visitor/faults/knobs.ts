// Every knob by which the lab can be broken, in one list: what it breaks, what to look for, and which control port turns it.
// To add one: a line here, and whatever its service's control API needs.

import type { Fault } from '../api.ts';

/** What the services' control ports say; undefined for one that does not answer. */
export type LabState = {
  /** GET /faults of the phonebook. */
  dns: { faults: Record<string, Record<string, number>> } | undefined;
  /** GET /offices of the post offices: open or closed. */
  router: Record<string, string> | undefined;
  /** GET /settings of the gateway, and what they are when nobody has turned them. */
  gateway: { settings: Record<string, unknown>; defaults: Record<string, unknown> } | undefined;
};

/** The domain whose name server the phonebook's knobs break. */
const ZONE = 'tatis.test.';

type Words = Pick<Fault, 'title' | 'sentence' | 'look'>;

const dns = (name: string, words: Words, range?: { min: number; max: number; unit: string }) =>
  ({ id: `dns.${name}`, service: 'dns', name, range, ...words }) as const;

export const DNS_KNOBS = [
  dns(
    'slow',
    {
      title: 'A slow name server',
      sentence: `The name server of ${ZONE} answers so much later.`,
      look: `A cold visit: \`ask ${ZONE}\` becomes the longest bar. A warm one does not notice: the phonebook remembers.`,
    },
    { min: 0, max: 10_000, unit: 'ms' },
  ),
  dns(
    'lost',
    {
      title: 'Lost datagrams',
      sentence: `So many of every hundred datagrams to the name server of ${ZONE} are lost.`,
      look: 'A cold visit: an `ask` that ends with timeout, and another one that asks again.',
    },
    { min: 0, max: 100, unit: 'percent' },
  ),
  dns('lame', {
    title: 'A lame delegation',
    sentence: `The server that test. names for ${ZONE} does not know the zone, and refuses.`,
    look: 'A cold visit ends at the phonebook with SERVFAIL: `ask` says lame, `answer` says refused.',
  }),
  dns('wrong', {
    title: 'A forger',
    sentence: `The name server of ${ZONE} answers another question than the one it was asked.`,
    look: 'A cold visit: events `answer ignored` on `ask`, then timeout. The phonebook does not fall for it.',
  }),
  dns('expired', {
    title: 'Nothing is remembered',
    sentence: `Every record of ${ZONE} may be kept for 0 seconds.`,
    look: 'Send the same letter twice: the phonebook walks each time, where the second should say hit.',
  }),
] as const;

export const GATEWAY_KNOBS = [
  {
    id: 'gateway.workers',
    setting: 'workers',
    range: { min: 0, max: 64, unit: 'workers' },
    title: 'Fewer workers',
    sentence: 'Only so many workers are given letters; the others rest.',
    look: 'Send several slow letters at once: `queue` grows. With 0, every letter waits until it is given up (503).',
  },
  {
    id: 'gateway.queueDepth',
    setting: 'queueDepth',
    range: { min: 0, max: 1000, unit: 'letters' },
    title: 'A short queue',
    sentence: 'Only so many letters may wait for a worker; the next is turned away at once.',
    look: '503, and `queue` with the error full: it took no time at all.',
  },
  {
    id: 'gateway.queueWait',
    setting: 'queueWait',
    range: { min: 1, max: 600_000, unit: 'ms' },
    title: 'Little patience in the queue',
    sentence: 'A letter waits at most so long for a worker.',
    look: '503, and `queue` with the error timeout, as long as it was allowed to be.',
  },
  {
    id: 'gateway.timeout',
    setting: 'timeout',
    range: { min: 1, max: 600_000, unit: 'ms' },
    title: 'Little patience with workers',
    sentence: 'A worker that shows no progress for so long is given up.',
    look: 'Ask for /slow/: 504, and the attempt ends with worker_timeout while the worker still works.',
  },
  {
    id: 'gateway.fault',
    setting: 'fault',
    choices: ['none', 'crash', 'kill', 'stuck'],
    title: 'A worker goes wrong',
    sentence:
      'In the middle of a letter the worker throws what nobody catches (crash), is gone at once (kill), or computes without end (stuck).',
    look: 'Two attempts under the gateway: worker_lost, then another worker. What the lost one did is told after a crash, not after kill.',
  },
  {
    id: 'gateway.faultEvery',
    setting: 'faultEvery',
    range: { min: 1, max: 1000, unit: 'letters' },
    title: 'How often it goes wrong',
    sentence: 'Each so-many-th letter meets the fault above.',
    look: 'With 3: two letters of three are answered by their first worker.',
  },
] as const;

/** All knobs as they are, in the order of a journey; those of a service that does not answer are left out. */
export function faultsOf({ dns, router, gateway }: LabState): Fault[] {
  const ofDns = DNS_KNOBS.map(({ id, service, name, range, ...words }): Fault => {
    const amount = dns?.faults[name]?.[ZONE] ?? 0;
    const knob = { id, service, ...words };
    return range
      ? { ...knob, kind: 'number', value: amount, default: 0, range }
      : { ...knob, kind: 'switch', value: amount > 0, default: false };
  });
  const ofRouter = Object.entries(router ?? {}).map(
    ([office, state]): Fault => ({
      id: `router.${office}`,
      service: 'router',
      title: `The post office ${office} is closed`,
      sentence: `Nobody opens at the post office ${office}, as if its house had burnt down; open connections break.`,
      look: `\`forward\` has an event \`way tried\` that failed, and the letter goes around, if there is a way around ${office}.`,
      kind: 'switch',
      value: state === 'closed',
      default: false,
    }),
  );
  const ofGateway = GATEWAY_KNOBS.map(({ setting, ...knob }): Fault => {
    const [value, otherwise] = [gateway?.settings[setting], gateway?.defaults[setting]];
    const common = { ...knob, service: 'gateway' };
    return 'choices' in knob
      ? { ...common, kind: 'choice', value: String(value), default: String(otherwise), choices: [...knob.choices] }
      : { ...common, kind: 'number', value: Number(value), default: Number(otherwise), range: knob.range };
  });
  return [...(dns ? ofDns : []), ...ofRouter, ...(gateway ? ofGateway : [])];
}

/** The phonebook's table of faults with `changes` made: amounts by knob. */
export function dnsTable(before: Record<string, Record<string, number>>, changes: Record<string, number>) {
  const table = structuredClone(before);
  for (const [name, amount] of Object.entries(changes)) table[name] = { ...table[name], [ZONE]: amount };
  return table;
}
