// Can spans be delivered, and traces be read back? Checked once at the start when both are outside of the lab: else it would be ready
// but show no trace.

import { connect } from 'node:net';
import type { LabConfig } from '../config.ts';

/** For an answer, in ms. */
const ANSWER_MS = 2000;
const EMPTY_EXPORT = '{"resourceSpans":[]}';

/** What is wrong with the outside receiver and Jaeger of `config`, a sentence each. */
export async function receiverWarnings(config: LabConfig): Promise<string[]> {
  const { otlpEndpoint, jaegerUrl, isGrpc } = config;
  if (otlpEndpoint === undefined) return [];
  const [failure, reader] = await Promise.all([
    receiverFailure(otlpEndpoint, config),
    answerOf(`${jaegerUrl}/api/v3/services`),
  ]);
  return [
    ...(failure === undefined
      ? []
      : [
          `Spans cannot be delivered to ${otlpEndpoint}${isGrpc ? '' : '/v1/traces'} (${failure}): correct OTEL_EXPORTER_OTLP_ENDPOINT, or unset it.`,
        ]),
    ...(reader === 200
      ? []
      : [
          `Traces cannot be read back from ${jaegerUrl} (${reader}): set WAYBILL_JAEGER_URL to the Jaeger that has them.`,
        ]),
  ];
}

/** Why spans cannot be delivered to `url`; undefined when it accepts an empty export, or with gRPC a connection. */
export async function receiverFailure(url: string, { isGrpc }: Pick<LabConfig, 'isGrpc'>): Promise<string | undefined> {
  if (isGrpc) return connectionFailure(new URL(url));
  const headers = { 'content-type': 'application/json' };
  const status = await answerOf(`${url}/v1/traces`, { method: 'POST', headers, body: EMPTY_EXPORT });
  return status === 200 || status === 202 ? undefined : String(status);
}

function connectionFailure({ hostname, port, protocol }: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''));
    const end = (failure?: string) => {
      socket.destroy();
      resolve(failure);
    };
    socket.setTimeout(ANSWER_MS, () => end('no answer'));
    socket
      .once('connect', () => end())
      .once('error', ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  });
}

/** The status of the response, or why there is none. */
async function answerOf(url: string, request: RequestInit = {}): Promise<number | string> {
  try {
    const { status } = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MS) });
    return status;
  } catch (error) {
    const { cause, message } = error as Error;
    const { code, message: reason = message } = (cause ?? {}) as NodeJS.ErrnoException;
    return code ?? reason;
  }
}
