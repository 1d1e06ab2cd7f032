// A trace from the web, `#trace=URL`: fetched without cookies and Referer, within bounds of bytes and time. It is read as a file is.

import { texts } from '#texts/open.tsx';
import { MAX_FILE_BYTES, NotReadable } from './file.ts';

const TIMEOUT_MS = 20_000;

/** The text at `address` (http or https). Throws NotReadable with the reason, also when it is too large or too slow. */
export async function fetchFile(
  address: string,
  gone: AbortSignal,
  { maxBytes = MAX_FILE_BYTES, ms = TIMEOUT_MS } = {},
): Promise<string> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) throw new NotReadable(texts.notAnAddress(address));
  const { host } = url;
  const tooSlow = AbortSignal.timeout(ms);
  try {
    const signal = AbortSignal.any([gone, tooSlow]);
    const response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (!response.ok) throw new NotReadable(texts.answeredWith(host, response.status));
    const reader = response.body?.getReader(); // not `for await`: not every browser can iterate a stream
    const decoder = new TextDecoder();
    let bytes = 0;
    let text = '';
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > maxBytes) throw new NotReadable(texts.tooLargeAt(host, Math.round(maxBytes / 1e6)));
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (error instanceof NotReadable || gone.aborted) throw error;
    throw new NotReadable(tooSlow.aborted ? texts.tooSlowAt(host, ms / 1000) : texts.notFetched(host));
  }
}
