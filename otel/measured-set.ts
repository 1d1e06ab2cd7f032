// Requests that are measured together, sent by a client that opens no spans (`npm run load`): they carry their set as a baggage entry
// (W3C Baggage), and the proxy, where their traces begin, sets it on its span.

import { type Attributes, type Context, propagation } from '@opentelemetry/api';
import { ATTR_SCENARIO, ATTR_SET, ATTR_SET_INDEX, ATTR_SET_START } from './contract/names.ts';

/** A set's id, the request's place in it, and its scenario. */
const VALUE = /^([\da-f]{8})\.(\d{1,3})\.([\w-]{1,40})$/;

/** The header `baggage` of request number `index` of the set `id`. */
export function setBaggage(id: string, index: number, scenario: string): string {
  return `${ATTR_SET}=${id}.${index}.${scenario}`;
}

/** The attributes of the first span of such a request; undefined for any other. */
export function measuredSetAttributes(context: Context): Attributes | undefined {
  const value = propagation.getBaggage(context)?.getEntry(ATTR_SET)?.value ?? '';
  const [, id, index, scenario] = VALUE.exec(value) ?? [];
  if (id === undefined) return undefined;
  return { [ATTR_SCENARIO]: scenario, [ATTR_SET]: id, [ATTR_SET_INDEX]: Number(index), [ATTR_SET_START]: 'load' };
}
