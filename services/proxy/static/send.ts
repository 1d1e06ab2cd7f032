// Sends a file: from memory, or from disk as fast as the client reads it.

import { createReadStream } from 'node:fs';
import type { ProxyRequest } from '../proxy-request.ts';
import type { Part } from './conditions.ts';
import type { CachedFile } from './file-cache.ts';

/** 64 KiB (Node's default) would pass through the thread pool four times as often. */
const CHUNK_BYTES = 262_144;

/** Sends `item`, or `part` of it, as the body; headers are written before. Resolves when the response is over. */
export function sendFile(proxyRequest: ProxyRequest, item: CachedFile, part?: Part): Promise<void> | undefined {
  const { start, end } = part ?? { start: 0, end: item.size - 1 };
  if (proxyRequest.method === 'HEAD' || item.size === 0) {
    proxyRequest.end();
    return undefined;
  }
  if (item.bytes === undefined) return streamFile(proxyRequest, item.file, { start, end });
  proxyRequest.bodyBytes = end - start + 1;
  proxyRequest.end(part ? item.bytes.subarray(start, end + 1) : item.bytes);
  return undefined;
}

function streamFile(proxyRequest: ProxyRequest, file: string, { start, end }: Part): Promise<void> {
  const { response } = proxyRequest;
  const size = end - start + 1;
  return new Promise((resolve, reject) => {
    const stream = createReadStream(file, { start, end, highWaterMark: CHUNK_BYTES });
    stream.on('data', (chunk) => {
      proxyRequest.bodyBytes += chunk.length;
    });
    stream.once('error', reject);
    stream.once('end', () => {
      if (proxyRequest.bodyBytes === size) response.end();
      else reject(Object.assign(new Error(`${proxyRequest.bodyBytes} of ${size} bytes`), { code: 'file_truncated' }));
    });
    response.once('close', () => {
      stream.destroy();
      resolve();
    });
    stream.pipe(response, { end: false });
  });
}
