// One line a request, in the Combined format (as Apache and nginx write it) with trace id and times behind it, or in JSON.
// Lines are written together, so that the log costs little; `close` writes the last of them.

import { closeSync, constants, createWriteStream, openSync, type WriteStream } from 'node:fs';
import { reasonOf } from '../../runtime/folder.ts';
import type { ProxyRequest } from './proxy-request.ts';

const WRITE_AFTER_MS = 100;
const WRITE_AT_BYTES = 65_536;

export type AccessLog = { write: (proxyRequest: ProxyRequest) => void; reopen: () => void; close: () => Promise<void> };

/** Opens the log: `to` is stdout, off, or a file, which is appended to. Throws an Error when the file cannot be written to. */
export function openAccessLog({ to, format }: { to: string; format: 'combined' | 'json' }): AccessLog {
  if (to === 'off') return { write: () => {}, reopen: () => {}, close: async () => {} };
  const line = format === 'json' ? jsonLine : combinedLine;
  const encoding: BufferEncoding = format === 'json' ? 'utf8' : 'latin1'; // what is beyond ASCII is escaped there
  let file = openFile();
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;

  function openFile(): WriteStream | undefined {
    if (to === 'stdout') return undefined;
    checkFile(to);
    return createWriteStream(to, { flags: 'a' }).on('error', (error) => console.error(`access log: ${error.message}`));
  }
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const out: NodeJS.WritableStream = file ?? process.stdout;
    if (waiting !== '') out.write(waiting, encoding);
    waiting = '';
  };

  return {
    write(proxyRequest) {
      waiting += line(proxyRequest);
      if (waiting.length >= WRITE_AT_BYTES) flush();
      else timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    },
    /** After the file was moved away: writes go to a new one of that name. */
    reopen() {
      const next = openFile();
      flush();
      file?.end();
      file = next;
    },
    close: () =>
      new Promise((resolve) => {
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

/** 127.0.0.1 - - [21/Nov/2026:08:42:40 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/7.88" trace=4bf9… rt=0.004 ut=0.003 */
export function combinedLine(proxyRequest: ProxyRequest): string {
  const { request, clientAddress, method, status, bodyBytes, traceId, upstreamMs } = proxyRequest;
  const { referer, 'user-agent': agent } = request.headers;
  const asked = `${method} ${quoted(request.url)} HTTP/${request.httpVersion}`;
  const times = `rt=${seconds(proxyRequest.durationMs)} ut=${upstreamMs === undefined ? '-' : seconds(upstreamMs)}`;
  return `${clientAddress} - - [${date(proxyRequest.start)}] "${asked}" ${status} ${bodyBytes} "${quoted(referer)}" "${quoted(agent)}" trace=${traceId ?? '-'} ${times}\n`;
}

/** The same in JSON, with location and failure; times in ms. */
export function jsonLine(proxyRequest: ProxyRequest): string {
  const { request, clientAddress, method, status, bodyBytes, traceId, upstreamMs, kind, rule, failure } = proxyRequest;
  const { referer, 'user-agent': userAgent } = request.headers;
  const time = new Date(proxyRequest.start).toISOString();
  return `${JSON.stringify({
    time,
    clientAddress,
    method,
    url: request.url,
    httpVersion: request.httpVersion,
    status,
    bodyBytes,
    referer,
    userAgent,
    traceId,
    durationMs: Math.round(proxyRequest.durationMs * 1000) / 1000,
    upstreamMs: upstreamMs && Math.round(upstreamMs * 1000) / 1000,
    kind,
    rule,
    failure,
  })}\n`;
}

/** As nginx escapes: what could end the quotes or the line is written as \xHH. */
function quoted(text: string | undefined): string {
  if (text === undefined || text === '') return '-';
  return text.replace(UNSAFE, (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const UNSAFE = /[^ !#-[\]-~]/g;

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let last = { second: -1, text: '' };

function date(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== last.second) {
    const [day, time] = new Date(second * 1000).toISOString().split('T') as [string, string];
    const [year, month, date] = day.split('-');
    last = { second, text: `${date}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000` };
  }
  return last.text;
}
