// The access log: a line for each request, in the Combined format of Apache and nginx with the ids of trace and span, and times added. Lines are
// buffered and written together.

import { closeSync, constants, createWriteStream, openSync, type WriteStream } from 'node:fs';
import { reasonOf } from '../../runtime/folder.ts';
import type { ProxyRequest } from './proxy-request.ts';

const WRITE_AFTER_MS = 100;
const WRITE_AT_BYTES = 65_536;

/** Opens the log: `to` is stdout, off, or a file, which is appended to. Throws an Error when the file cannot be written to. */
export function openAccessLog(to: string) {
  if (to === 'off') return { write: (_: ProxyRequest) => {}, reopen: () => {}, close: async () => {} };
  let file = openFile();
  let buffered = '';
  let timer: NodeJS.Timeout | undefined;

  function openFile(): WriteStream | undefined {
    if (to === 'stdout') return undefined;
    checkFile(to);
    return createWriteStream(to, { flags: 'a' }).on('error', (error) => console.error(`access log: ${error.message}`));
  }
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (buffered !== '') (file ?? process.stdout).write(buffered);
    buffered = '';
  };

  return {
    write(proxyRequest: ProxyRequest) {
      buffered += combinedLine(proxyRequest);
      if (buffered.length >= WRITE_AT_BYTES) flush();
      else timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    },
    /** Opens a new file of that name, after the former was moved away. */
    reopen() {
      const next = openFile();
      flush();
      file?.end();
      file = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        flush();
        if (file) file.end(resolve);
        else process.stdout.write('', () => resolve());
      }),
  };
}

/** Non-blocking, because opening a pipe that nothing reads would wait without end. */
function checkFile(file: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  try {
    closeSync(openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o666));
  } catch (error) {
    throw new Error(
      `WAYBILL_ACCESS_LOG: ${file} cannot be written to (${reasonOf(error)}). Name another file, stdout, or off.`,
    );
  }
}

/** 127.0.0.1 - - [21/Nov/2026:08:42:40 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/7.88" trace=4bf9… span=00f0… rt=0.004 ut=0.003 */
function combinedLine(proxyRequest: ProxyRequest): string {
  const { request, clientAddress, method, status, bodyBytes, traceId, durationMs, upstreamMs } = proxyRequest;
  const { referer, 'user-agent': agent } = request.headers;
  const [, date, month, year, time] = new Date(proxyRequest.start).toUTCString().split(' ');
  const requestLine = `${method} ${escaped(request.url)} HTTP/${request.httpVersion}`;
  const ids =
    traceId === undefined
      ? 'trace=- span=-'
      : `trace=${traceId} span=${proxyRequest.serverSpan.span.spanContext().spanId}`;
  const times = `rt=${seconds(durationMs)} ut=${upstreamMs === undefined ? '-' : seconds(upstreamMs)}`;
  return `${clientAddress} - - [${date}/${month}/${year}:${time} +0000] "${requestLine}" ${status} ${bodyBytes} "${escaped(referer)}" "${escaped(agent)}" ${ids} ${times}\n`;
}

/** As nginx escapes: characters that could end the quotes or the line are written as \xHH. */
function escaped(text = ''): string {
  const safe = text.replace(
    /[^ !#-[\]-~]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return safe === '' ? '-' : safe;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
