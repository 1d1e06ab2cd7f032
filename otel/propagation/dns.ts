// Trace context in a DNS query, as PowerDNS carries it: an EDNS0 option (RFC 6891) of a local code, TRACE_OPTION.
//
//    0        1         2 ……………… 17    18 ……… 25    26
//   ┌─────────┬─────────┬─────────────┬────────────┬───────┐
//   │ version │ reserved│  trace id   │  span id   │ flags │   27 bytes
//   │    0    │    0    │  16 bytes   │  8 bytes   │       │
//   └─────────┴─────────┴─────────────┴────────────┴───────┘

import { type Context, isSpanContextValid, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { carriers } from '../faults/carriers.ts';
import { TRACE_OPTION } from './dns-numbers.ts';

const LENGTH = 27;

/** The option's data for `span`, 27 bytes. */
export function encodeTraceOption({ traceId, spanId, traceFlags }: SpanContext): Buffer {
  return Buffer.concat([Buffer.from([0, 0]), Buffer.from(traceId + spanId, 'hex'), Buffer.from([traceFlags])]);
}

/** The options of a query that carry the context of `span`. */
export function traceOptions(span: SpanContext): { code: number; data: Buffer }[] {
  return carriers.hasOption ? [{ code: TRACE_OPTION, data: encodeTraceOption(span) }] : [];
}

/** The context that the option's data carries; one without a span when there is none or it is malformed. */
export function decodeTraceOption(data: Buffer | undefined): Context {
  if (data?.length !== LENGTH || data[0] !== 0 || !carriers.isRead) return ROOT_CONTEXT;
  const hex = data.toString('hex');
  const spanContext = {
    traceId: hex.slice(4, 36),
    spanId: hex.slice(36, 52),
    traceFlags: data.readUInt8(26),
    isRemote: true,
  };
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}
