// Step 3, the letter itself: one HTTP request over an open connection, and its answer read to the last byte.

import { type Agent, type IncomingMessage, request } from 'node:http';
import { VisitFailure } from './errors.ts';

/** The most that is kept of an answer's body, in bytes; the rest is read and let go. */
const KEPT_BODY = 256 * 1024;

export type Letter = {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
};

export type Reply = {
  status: number;
  httpVersion: string;
  headers: IncomingMessage['headers'];
  /** As text, cut at 256 KiB. */
  body: string;
};

/** Told when: the request is sent, the first byte of the answer has come, the last. */
export type Moment = 'request sent' | 'first byte' | 'last byte';

/** Sends `letter` through `agent` and reads the answer, within `timeout` ms. Throws a VisitFailure when it does not come whole. */
export function exchange(
  letter: Letter,
  { agent, timeout, on }: { agent: Agent; timeout: number; on: (moment: Moment) => void },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body } = letter;
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    const sent = request({
      agent,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, ...(body && { 'content-length': Buffer.byteLength(body) }), ...headers },
    });
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
        const { statusCode = 0, httpVersion, headers } = response;
        resolve({ status: statusCode, httpVersion, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}
