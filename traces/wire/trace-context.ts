// The 27 bytes that carry a trace's context in a DNS query and in a PROXY header (otel/propagation/dns.ts).

import type { Reader } from './reader.ts';

/** Notes the fields of the context at the reader's place. */
export function readTraceContext(reader: Reader): void {
  reader.uint8('version');
  reader.uint8('reserved');
  reader.raw(16, 'trace id');
  reader.raw(8, 'span id');
  reader.uint8('trace flags', (flags) => (flags & 1 ? 'sampled' : 'not sampled'));
}
