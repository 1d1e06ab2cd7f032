// How a response went, as a colour.

import { ATTR_DNS_RESPONSE_CODE } from '../../otel/contract/names.ts';
import { httpFacts, isDatabaseCall } from '../conventions.ts';
import type { Sentence } from '../story.ts';

/** `refused`: turned down (4xx, no such name); `failed`: 5xx, or something broke. */
export type Tone = 'good' | 'refused' | 'failed';

/** The tone of a sentence of the way back; undefined on the way there, and where there is no answer yet that could have one. */
export function toneOf({ node: { span, parent }, isBack }: Sentence): Tone | undefined {
  if (!isBack || isDatabaseCall(span.attributes)) return undefined;
  // What a framework does below its own span is about the response of that span.
  const within = parent?.span.service === span.service && parent.span.service === 'app' ? parent.span : span;
  const status = httpFacts(span.attributes).status ?? httpFacts(within.attributes).status;
  const code = span.attributes[ATTR_DNS_RESPONSE_CODE];
  if (status !== null) return status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'good';
  if (code !== undefined) return code === 'NOERROR' ? 'good' : code === 'NXDOMAIN' ? 'refused' : 'failed';
  return span.error === null ? undefined : 'failed';
}
