// Step 3: one HTTP request over an open connection, and its response read to the last byte.

import { type Agent, type IncomingMessage, request } from 'node:http';
import { headText } from '../../runtime/http/head.ts';
import { VisitFailure } from './errors.ts';

/** The most that is kept of a response's body, in bytes; the rest is read and let go. */
const KEPT_BODY = 256 * 1024;

/** A request as it is sent: `headers` has all of them. */
export type SentRequest = { method: string; path: string; headers: Record<string, string>; body: string | undefined };

export type ReceivedResponse = {
  status: number;
  httpVersion: string;
  headers: IncomingMessage['headers'];
  /** The first Strict-Transport-Security: of several, only that counts (RFC 6797, 8.1). */
  hsts: string | undefined;
  /** Its first line and headers, as they came; secrets are shortened. */
  head: string;
  /** As text, cut at 256 KiB. */
  body: string;
};

/** When the request has been sent, the first byte of the response received, and the last. */
export type Moment = 'request sent' | 'first byte' | 'last byte';

/** Sends `sent` through `agent` and reads the response, within `timeout` ms. Throws a VisitFailure when it does not come whole. */
export function exchange(
  { method, path, headers, body }: SentRequest,
  { agent, timeout, on }: { agent: Agent; timeout: number; on: (moment: Moment) => void },
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    const sent = request({ agent, method, path, headers });
    const timer = setTimeout(() => sent.destroy(new VisitFailure('answer_timeout')), timeout);
    sent.once('error', fail);
    sent.once('finish', () => on('request sent'));
    sent.once('response', (response) => {
      on('first byte');
      const chunks: Buffer[] = [];
      let kept = 0;
      response.on('data', (chunk: Buffer) => {
        if (kept < KEPT_BODY) chunks.push(chunk.subarray(0, KEPT_BODY - kept));
        kept += chunk.length;
      });
      response.once('error', fail);
      response.once('end', () => {
        on('last byte');
        clearTimeout(timer);
        const { statusCode: status = 0, statusMessage = '', httpVersion, headers, rawHeaders } = response;
        const head = headText(`HTTP/${httpVersion} ${status} ${statusMessage}`, rawHeaders);
        const [hsts] = response.headersDistinct['strict-transport-security'] ?? [];
        resolve({ status, httpVersion, headers, hsts, head, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}
