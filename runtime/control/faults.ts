// The faults of a service on its control port; the same for each:
//
//   GET    /faults   {"faults": [{"id": "dns.slow", "title": …, "kind": "number", "value": 0, "default": 0, …}], "started": …}
//   PUT    /faults   sets some of them, or, where one is refused, none: {"dns.slow": 400}
//   DELETE /faults   sets all of them to their defaults

import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import type { Fault, FaultChanges, FaultValue } from './fault.ts';
import { type Route, route } from './route.ts';
import { flag, object, oneOf, wholeNumber } from './schema.ts';

/** When this process has started, in ms since 1970: the faults of one that was started again are at their defaults. */
const started = Math.round(performance.timeOrigin);

type Without<F, K extends PropertyKey> = F extends unknown ? Omit<F, K> : never;

/** A fault as its service describes it; `set` may throw an ApiError. */
export type FaultDefinition = Without<Fault, 'id' | 'service' | 'value'> & {
  name: string;
  /** The service that has it, where another one sets it. */
  service?: string;
  get: () => FaultValue;
  set: (value: never) => void | Promise<void>;
  /** Why it cannot be set here, as a sentence. */
  refusal?: () => string | undefined;
};

/** The `faults` of `service`: reads them, changes some; `changed` is called when some were set. */
export function faultTable(service: string, faults: readonly FaultDefinition[], changed = () => {}) {
  const idOf = (fault: FaultDefinition) => `${fault.service ?? service}.${fault.name}`;
  const describe = (fault: FaultDefinition) => {
    const { name: _, get, set: _set, refusal: _refusal, ...words } = fault;
    return { id: idOf(fault), service, ...words, value: get() } as Fault;
  };
  const read = () => ({ faults: faults.map(describe), started });
  const change = async (values: FaultChanges) => {
    const changes = faults.flatMap((fault) => {
      const value = values[idOf(fault)];
      return value === undefined || value === fault.get() ? [] : [{ fault, value }];
    });
    for (const { fault } of changes) {
      const refusal = fault.refusal?.();
      if (refusal !== undefined) throw new ApiError(409, 'refused', `${idOf(fault)} cannot be set: ${refusal}`);
    }
    for (const { fault, value } of changes) await fault.set(value as never);
    changed();
    return read();
  };
  const defaults = Object.fromEntries(faults.map((fault) => [idOf(fault), fault.default]));
  return { read, change, defaults };
}

/** The routes for `faults` of `service`; `changed` is called when some were set. */
export function faultRoutes(service: string, faults: readonly FaultDefinition[], changed?: () => void): Route[] {
  const { read, change, defaults } = faultTable(service, faults, changed);
  return [
    route('GET /faults', () => ({ body: read() })),
    route('PUT /faults', changesOf(read().faults), async ({ body }) => ({ body: await change(body) })),
    route('DELETE /faults', async () => ({ body: await change(defaults) })),
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
  return wholeNumber(fault.range);
}
