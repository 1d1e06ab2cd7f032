// Traces as /api/v3 answers them, OTLP in JSON, piece by piece: a large trace is never in memory as a whole.

import { decode } from '../otlp/decode.ts';
import { MESSAGES } from '../otlp/message.ts';
import type { StoredTrace } from '../storage/storage.ts';

/** Characters in a piece, about. */
const PIECE = 65_536;

/** The pieces of the JSON of `traces` as one OTLP message. */
export function* otlpJson(traces: StoredTrace[]): Generator<string> {
  let text = '{"result":{"resourceSpans":[';
  for (const [index, { fields, scopes }] of traces.flatMap(({ resources }) => resources).entries()) {
    text += comma(index) + opened(fields, 'scopeSpans');
    for (const [scopeIndex, { fields: inScope, spans }] of scopes.entries()) {
      text += comma(scopeIndex) + opened(inScope, 'spans');
      for (const [spanIndex, span] of spans.entries()) {
        text += comma(spanIndex) + JSON.stringify(decode(MESSAGES.Span, span));
        if (text.length < PIECE) continue;
        yield text;
        text = '';
      }
      text += ']}';
    }
    text += ']}';
  }
  yield `${text}]}}`;
}

/** What stands between the items of a list, in front of item `index`. */
export function comma(index: number): string {
  return index === 0 ? '' : ',';
}

/** An object that begins with `fields`, up to the beginning of its list `name`. */
function opened(fields: object, name: string): string {
  const text = JSON.stringify({ ...fields, [name]: [] });
  return text.slice(0, -2);
}
