// What a server says that it received of a trace's context: from the headers of its request, where its span has them.

import { ATTR_DNS_MESSAGE_QUERY, ATTR_HTTP_REQUEST_HEAD, ATTR_PROXY_HEADER } from '../../otel/contract/names.ts';
import { tracedServices } from '../../otel/contract/services.ts';
import type { TraceSpan } from '../model.ts';

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** In a sentence (''; the span does not say), and what to do. */
export function receivedContext(answer: TraceSpan, call: TraceSpan): { sentence: string; repair: string } {
  const { service } = answer;
  const headers = headersOf(answer);
  const traceparent = headers?.get('traceparent');
  if (traceparent !== undefined && !TRACEPARENT.test(traceparent)) {
    return {
      sentence: `${service} received the malformed header traceparent: ${traceparent.slice(0, 80)}.`,
      repair: `Correct what writes traceparent between ${call.service} and ${service}: version, trace-id, parent-id and trace-flags in lower-case hex, such as 00-${call.traceId}-${call.spanId}-01.`,
    };
  }
  if (traceparent?.includes(call.traceId)) {
    return {
      sentence: `${service} received traceparent with the id of the first trace, and began a trace of its own.`,
      repair: `Make ${service} extract the context before it opens its first span: its propagator must include tracecontext, and its span must not be created as a root.`,
    };
  }
  const b3 = headers && ['b3', 'x-b3-traceid'].find((name) => headers.has(name));
  if (b3) {
    return {
      sentence: `${service} received only ${b3}, the context in Zipkin's format B3, and no traceparent.`,
      repair: `Use the same format on both sides: OTEL_PROPAGATORS=tracecontext,baggage,b3 at ${service} reads both.`,
    };
  }
  const binary = binaryContext(answer, call);
  const carrier = tracedServices.get(service)?.carrier ?? 'the header traceparent';
  return {
    sentence: binary ?? (headers ? `${service} received no traceparent.` : ''),
    repair: `The context travels in ${carrier}. Check that ${call.service} injects it (OTEL_PROPAGATORS), that everything between ${call.service} and ${service} passes it on unchanged, and that ${service} extracts it.`,
  };
}

/** Whether bytes that the spans have, of a DNS question or of a PROXY header, carry the context (27 bytes); undefined without any. */
function binaryContext({ service, attributes }: TraceSpan, call: TraceSpan): string | undefined {
  const question = attributes[ATTR_DNS_MESSAGE_QUERY];
  if (typeof question === 'string') {
    return `${service} received its question ${question.includes('ffdc001b') ? 'with' : 'without'} the EDNS0 option 65500.`;
  }
  const header = call.attributes[ATTR_PROXY_HEADER];
  if (typeof header !== 'string') return undefined;
  return `${call.service} sent its PROXY header ${header.includes('e0001b') ? 'with' : 'without'} the field E0.`;
}

/** Whether the context that a server received says that its caller is not sampled; undefined where its span does not say. */
export function callerIsSampled(span: TraceSpan): boolean | undefined {
  const traceparent = headersOf(span)?.get('traceparent');
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined;
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}

/** The headers of a request, by their names in lower case; undefined where the span does not have them. */
export function headersOf({ attributes }: TraceSpan): Map<string, string> | undefined {
  const head = attributes[ATTR_HTTP_REQUEST_HEAD];
  if (typeof head === 'string') {
    return new Map(
      head.split(/\r?\n/).flatMap((line): [string, string][] => {
        const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[name.toLowerCase(), value]];
      }),
    );
  }
  const captured = Object.entries(attributes).filter(([name]) => name.startsWith('http.request.header.'));
  if (captured.length === 0) return undefined;
  return new Map(
    captured.map(([name, value]) => [
      name.slice('http.request.header.'.length),
      String(Array.isArray(value) ? value[0] : value),
    ]),
  );
}
