// Step 5: the response is read to its last byte.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { headText } from '../../../runtime/http/head.ts';
import { VisitFailure } from '../errors.ts';
import { decodeBody, decodeText } from '../page-load/text.ts';

/** How many bytes of a response's body are kept; the rest is read and dropped. */
const MAX_BODY = 256 * 1024;
/** Of a compressed body, how many bytes are kept, and how many it may have when it is decompressed. */
const MAX_COMPRESSED = 8 * 1024 * 1024;
const MAX_DECODED = 32 * 1024 * 1024;

/** How long (ms) until a response is whole, and how many bytes its body may have as it is sent. */
export type Limits = { timeout: number; bytes?: number };

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
  isCut: boolean;
  /** Bytes of the body as it was sent, and without its content coding; both count what was cut. */
  bytes: number;
  decodedBytes: number;
};

/** The response to `sent`. Throws a VisitFailure when it is not whole within `limits`. `on` gets two moments, as they occur. */
export function readResponse(
  sent: ClientRequest,
  { timeout, bytes: maxBytes = Number.POSITIVE_INFINITY }: Limits,
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
      let bytes = 0;
      const { 'content-encoding': coding } = response.headers;
      const maxKept = coding === undefined ? MAX_BODY : MAX_COMPRESSED;
      response.on('data', (chunk: Buffer) => {
        if (bytes < maxKept) chunks.push(chunk.subarray(0, maxKept - bytes));
        bytes += chunk.length;
        if (bytes > maxBytes) sent.destroy(new VisitFailure('response_too_large'));
      });
      response.once('error', fail);
      response.once('end', () => {
        on('last byte');
        clearTimeout(timer);
        const { statusCode: status = 0, statusMessage = '', httpVersion, headers, rawHeaders } = response;
        const head = headText(`HTTP/${httpVersion} ${status} ${statusMessage}`, rawHeaders);
        const [hsts] = response.headersDistinct['strict-transport-security'] ?? [];
        const kept = Buffer.concat(chunks);
        try {
          const decoded = decodeBody(kept, coding, MAX_DECODED);
          const body = decodeText(decoded.subarray(0, MAX_BODY), headers['content-type']);
          const decodedBytes = coding === undefined ? bytes : decoded.length;
          const isCut = decodedBytes > MAX_BODY;
          resolve({ status, httpVersion, headers, hsts, head, body, isCut, bytes, decodedBytes });
        } catch (error) {
          fail(error as VisitFailure);
        }
      });
    });
  });
}
