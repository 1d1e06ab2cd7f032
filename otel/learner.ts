// The learner of a trace. Where thirty people store their traces in one place, each finds their own by a name: WAYBILL_LEARNER sets it
// on every span of a lab. Requests carry it as a baggage entry (W3C Baggage), so that services which several labs share have it as
// well; a resolver or a router that several labs share does not.

import { type Context, propagation } from '@opentelemetry/api';
import { environment } from './config.ts';
import { ATTR_BAGGAGE_LEARNER, ATTR_LEARNER } from './contract/names.ts';

/** A name in any alphabet, of up to 32 characters: it may come from others, and is displayed. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u;

const { WAYBILL_LEARNER = '' } = environment;
/** An invalid name is reported once, when the lab starts (readLearner), not by each process. */
const own = NAME.test(WAYBILL_LEARNER) ? WAYBILL_LEARNER : undefined;
const ofThisLab = own === undefined ? undefined : { [ATTR_LEARNER]: own };

/** The name in WAYBILL_LEARNER; undefined without one. Throws an Error when it is invalid. */
export function readLearner({ WAYBILL_LEARNER: name = '' }: NodeJS.ProcessEnv): string | undefined {
  if (name === '') return undefined;
  if (NAME.test(name)) return name;
  throw new Error(`WAYBILL_LEARNER is "${name}": it takes up to 32 letters, digits, dots, hyphens and underscores`);
}

/**
 * The attributes of a span in `context` that name the learner: the name of this lab, which is configured; and another that came as baggage,
 * marked as such. Any client can set baggage (https://opentelemetry.io/docs/concepts/signals/baggage/): it never decides whose a trace is.
 */
export function learnerAttributes(context: Context): Record<string, string> | undefined {
  const name = propagation.getBaggage(context)?.getEntry(ATTR_LEARNER)?.value;
  if (name === undefined || name === own || !NAME.test(name)) return ofThisLab;
  return { ...ofThisLab, [ATTR_BAGGAGE_LEARNER]: name };
}

/** `context` with the name of this lab's learner, to go along with every request. */
export function withLearner(context: Context): Context {
  if (own === undefined) return context;
  return propagation.setBaggage(context, propagation.createBaggage({ [ATTR_LEARNER]: { value: own } }));
}
