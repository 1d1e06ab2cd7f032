// The file goes out: from memory in one piece, or from disk as fast as the client takes it.

import { createReadStream } from 'node:fs';
import type { ProxyRequest } from '../proxy-request.ts';
import type { CachedFile } from './file-cache.ts';
import type { Part } from './range.ts';

/** 64 KiB (Node's default) would be one more turn through the thread pool for each. */
const PIECE = 262_144;

/** Sends `item`, or `part` of it, as the body; headers are written before. Resolves when the answer is over. */
export function sendFile(
  proxyRequest: ProxyRequest,
  item: CachedFile,
  part: Part | undefined,
): Promise<void> | undefined {
  const { start, end } = part ?? { start: 0, end: item.size - 1 };
  if (proxyRequest.method === 'HEAD' || item.size === 0) {
    proxyRequest.end();
    return undefined;
  }
  proxyRequest.bodyBytes = end - start + 1;
  if (item.text !== undefined && !part) {
    proxyRequest.end(item.text, 'latin1');
    return undefined;
  }
  if (item.bytes) {
    proxyRequest.end(part ? item.bytes.subarray(start, end + 1) : item.bytes);
    return undefined;
  }
  return streamFile(proxyRequest, item, { start, end });
}

function streamFile(proxyRequest: ProxyRequest, item: CachedFile, { start, end }: Part): Promise<void> {
  const { response } = proxyRequest;
  const promised = end - start + 1;
  proxyRequest.bodyBytes = 0;
  return new Promise((resolve, reject) => {
    const stream = createReadStream(item.file, { start, end, highWaterMark: PIECE });
    stream.on('data', (chunk) => {
      proxyRequest.bodyBytes += chunk.length;
    });
    stream.once('error', reject);
    stream.once('end', () => {
      if (proxyRequest.bodyBytes === promised) response.end();
      else reject(Object.assign(new Error(`${proxyRequest.bodyBytes} of ${promised} bytes`), { code: 'file_cut' }));
    });
    response.once('close', () => {
      stream.destroy();
      resolve();
    });
    stream.pipe(response, { end: false });
  });
}
