// Whose letter it is. Where thirty people file their traces in one place, each finds their own by a name: WAYBILL_LEARNER sets it
// for every process of a lab, so that each span has it. It goes along with requests as a baggage entry (W3C Baggage), so that
// services which several labs share know it as well; a phonebook or a post office that several share is told nothing.

import { type Context, propagation } from '@opentelemetry/api';
import { environment } from './config.ts';
import { ATTR_BAGGAGE_LEARNER, ATTR_LEARNER } from './contract/names.ts';

/** A name in any alphabet, of up to 32 letters: it comes from others, and is shown. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u;

const { WAYBILL_LEARNER = '' } = environment;
/** What is no name is told once, to whom starts the lab (readLearner), and not by each process. */
const own = NAME.test(WAYBILL_LEARNER) ? WAYBILL_LEARNER : undefined;
const ofThisLab = own === undefined ? undefined : { [ATTR_LEARNER]: own };

/** The name in WAYBILL_LEARNER; undefined without one. Throws an Error for what is no name. */
export function readLearner({ WAYBILL_LEARNER: name = '' }: NodeJS.ProcessEnv): string | undefined {
  if (name === '') return undefined;
  if (NAME.test(name)) return name;
  throw new Error(`WAYBILL_LEARNER is "${name}": it takes up to 32 letters, digits, dots, hyphens and underscores`);
}

/**
 * What a span in `context` says of the learner: the name of this lab, which is configured; and another that came as baggage,
 * marked as such. Baggage can come from anybody (https://opentelemetry.io/docs/concepts/signals/baggage/): it never makes a trace somebody's.
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
