// The faults of a service on its control port; the same for each:
//
//   GET    /faults   {"faults": [{"id": "dns.slow", "title": …, "kind": "number", "value": 0, "default": 0, …}]}
//   PUT    /faults   sets some of them, or, where one is refused, none: {"dns.slow": 400}
//   DELETE /faults   sets all of them to their defaults

import * as v from 'valibot';
import type { Fault, FaultChanges, FaultValue } from './fault.ts';
import { type Route, route } from './route.ts';
import { flag, object, oneOf, wholeNumber } from './schema.ts';

type Without<F, K extends PropertyKey> = F extends unknown ? Omit<F, K> : never;

/** A fault as its service describes it; `set` may throw an ApiError. */
export type FaultDefinition = Without<Fault, 'id' | 'service' | 'value'> & {
  name: string;
  get: () => FaultValue;
  set: (value: never) => void | Promise<void>;
};

/** The routes for `faults` of `service`; `changed` is called when some were set. */
export function faultRoutes(service: string, faults: readonly FaultDefinition[], changed = () => {}): Route[] {
  const describe = ({ name, get, set: _, ...words }: FaultDefinition) =>
    ({ id: `${service}.${name}`, service, ...words, value: get() }) as Fault;
  const report = () => ({ body: { faults: faults.map(describe) } });
  const change = async (values: FaultChanges) => {
    for (const { name, set } of faults) {
      const value = values[`${service}.${name}`];
      if (value !== undefined) await set(value as never);
    }
    changed();
    return report();
  };
  const defaults = Object.fromEntries(faults.map(({ name, default: value }) => [`${service}.${name}`, value]));
  return [
    route('GET /faults', report),
    route('PUT /faults', changesOf(faults.map(describe)), ({ body }) => change(body)),
    route('DELETE /faults', () => change(defaults)),
  ];
}

/** What PUT /faults takes where there are `faults`. */
export function changesOf(faults: readonly Fault[]): v.GenericSchema<unknown, FaultChanges> {
  const entries = faults.map((fault) => [fault.id, v.optional(schemaOf(fault))]);
  return object(Object.fromEntries(entries)) as v.GenericSchema<unknown, FaultChanges>;
}

function schemaOf(fault: Fault): v.GenericSchema {
  if (fault.kind === 'switch') return flag();
  if (fault.kind === 'choice') return oneOf(fault.choices);
  const { min, max, unit } = fault.range;
  return wholeNumber({ min: min, max: max, unit });
}
