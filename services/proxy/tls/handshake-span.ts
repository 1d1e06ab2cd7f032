// The span of a handshake, of a client that sent its context in the PROXY header. For others, such as browsers, there is none:
// each would be a trace of its own.

import type { TLSSocket } from 'node:tls';
import { type Context, trace } from '@opentelemetry/api';
import { proxy } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { tlsAttributes } from '../../../runtime/net/tls.ts';

/** The socket of a handshake that succeeded, or the reason why it failed. */
export type HandshakeResult = TLSSocket | string;
type HandshakeSpan = SpanOf<typeof proxy.handshake>;

/** Opens the span below `parent`; undefined without a context. */
export function startHandshakeSpan(parent: Context | undefined): HandshakeSpan | undefined {
  return parent && trace.getSpanContext(parent) ? startSpan(proxy.handshake, { parent }) : undefined;
}

/** Ends the span with its result. */
export function endHandshakeSpan(span: HandshakeSpan, result: HandshakeResult): void {
  if (typeof result === 'string') {
    span.setAttribute(names.ATTR_TLS_ESTABLISHED, false);
    failSpan(span, result);
  } else {
    const { servername } = result as TLSSocket & { servername?: string | false };
    span.setAttributes({
      ...tlsAttributes(result),
      ...(servername && { [names.ATTR_TLS_CLIENT_SERVER_NAME]: servername }),
    });
  }
  endSpan(span);
}
