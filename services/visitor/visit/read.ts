// Step 5: the response is read to its last byte.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { headText } from '../../../runtime/http/head.ts';
import { VisitFailure } from '../errors.ts';

/** How many bytes of a response's body are kept; the rest is read and dropped. */
const MAX_BODY = 256 * 1024;

export type ReceivedResponse = {
  status: number;
  httpVersion: string;
  headers: IncomingMessage['headers'];
  /** The first Strict-Transport-Security: of several, only that counts (RFC 6797, 8.1). */
  hsts: string | undefined;
  /** Status line and headers as received; secrets are shortened. */
  head: string;
  /** As text, cut at 256 KiB. */
  body: string;
};

/** The response to `sent`. Throws a VisitFailure when it is not whole within `timeout` ms. `on` gets two moments, as they occur. */
export function readResponse(
  sent: ClientRequest,
  timeout: number,
  on: (moment: 'first byte' | 'last byte') => void,
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => sent.destroy(new VisitFailure('answer_timeout')), timeout);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    sent.once('error', fail);
    sent.once('response', (response) => {
      on('first byte');
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        if (length < MAX_BODY) chunks.push(chunk.subarray(0, MAX_BODY - length));
        length += chunk.length;
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
  });
}
