// Is there anybody who takes the lab's spans, and anybody to read them back from? Asked once at the start when both are
// outside, for otherwise the lab would say that it is ready, and every trace stay away.

import type { LabConfig } from './config.ts';

/** For an answer, in ms. */
const ANSWER_MS = 2000;
const EMPTY_EXPORT = '{"resourceSpans":[]}';

/** What is wrong with the outside receiver and Jaeger of `config`, a sentence each; none when both answer well. */
export async function receiverWarnings(
  { otlpEndpoint, jaegerUrl }: LabConfig,
  protocol = 'http/json',
): Promise<string[]> {
  if (otlpEndpoint === undefined) return [];
  const isHttp = protocol !== 'grpc';
  const url = isHttp ? `${otlpEndpoint}/v1/traces` : otlpEndpoint;
  const headers = { 'content-type': 'application/json' };
  const [receiver, reader] = await Promise.all([
    answerOf(url, isHttp ? { method: 'POST', headers, body: EMPTY_EXPORT } : {}),
    answerOf(`${jaegerUrl}/api/v3/services`),
  ]);
  const receives = receiver === 200 || receiver === 202 || (!isHttp && typeof receiver === 'number');
  return [
    ...(receives
      ? []
      : [`Spans cannot be delivered to ${url} (${receiver}): see to OTEL_EXPORTER_OTLP_ENDPOINT, or unset it.`]),
    ...(reader === 200
      ? []
      : [
          `Traces cannot be read back from ${jaegerUrl} (${reader}): set WAYBILL_JAEGER_URL to the Jaeger that has them.`,
        ]),
  ];
}

/** The status that comes, or why none does. */
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
