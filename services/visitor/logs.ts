// The log lines of one trace: every service logs JSON lines with the ids of trace and span, as OpenTelemetry names them in logs that are
// not OTLP, and the proxy has an access log; the lab's runner stores both in files.
// https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Values } from '../../traces/model.ts';
import type { LogLine, Logs } from './api.ts';

/** How many bytes of the end of each file are read, how many at once, and how many lines are returned. */
const MAX_READ = 8 * 1024 * 1024;
const CHUNK = 512 * 1024;
const MAX_LINES = 1000;

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const NEWLINE = 0x0a;

/** A line of the proxy's access log (services/proxy/access-log.ts). A client writes what stands in quotes, so the end counts. */
const ACCESS =
  /^[^[]*\[(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) \+0000\].* trace=([0-9a-f]{32}) span=([0-9a-f]{16}) rt=\S+ ut=\S+$/;

/** The log lines that carry `traceId`, oldest first; none, with the reason, where `folder` is not known. */
export async function readLogs(traceId: string, folder: string | undefined, signal?: AbortSignal): Promise<Logs> {
  if (folder === undefined) return { logs: [], reason: 'Each container has its own log: docker compose logs' };
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.includes('.log'));
  const logs: LogLine[] = [];
  for (const name of files) {
    // The file may have been rotated in the meantime.
    logs.push(...(await linesOfTrace(traceId, join(folder, name), signal).catch(() => [])));
  }
  return { logs: logs.sort((a, b) => a.time - b.time).slice(0, MAX_LINES) };
}

/** The lines at the end of a file that carry `traceId`: its bytes are searched chunk by chunk, and only matching lines decoded. */
async function linesOfTrace(traceId: string, path: string, signal?: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  await using file = await open(path);
  const { size } = await file.stat();
  let rest: Buffer = Buffer.alloc(0);
  for (let at = Math.max(0, size - MAX_READ); at < size && lines.length < MAX_LINES && !signal?.aborted; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(CHUNK, size - at)), { position: at });
    if (bytesRead === 0) break;
    at += bytesRead;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const end = at < size ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
    lines.push(...linesIn(bytes.subarray(0, end), traceId));
    rest = bytes.length - end > CHUNK ? Buffer.alloc(0) : bytes.subarray(end);
  }
  return lines;
}

function linesIn(bytes: Buffer, traceId: string): LogLine[] {
  const lines: LogLine[] = [];
  for (let at = bytes.indexOf(traceId); at >= 0; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    const line = parseLine(bytes.toString('utf8', bytes.lastIndexOf(NEWLINE, at) + 1, end), traceId);
    if (line) lines.push(line);
    at = bytes.indexOf(traceId, end);
  }
  return lines;
}

function parseLine(text: string, traceId: string): LogLine | undefined {
  const [access, day, month, year, time, ofTrace, spanId = null] = ACCESS.exec(text) ?? [];
  if (access === undefined) return parseJsonLine(text, traceId);
  if (ofTrace !== traceId) return undefined;
  const moment = Date.parse(`${day} ${month} ${year} ${time} GMT`);
  return { time: moment, service: 'proxy', level: 'info', message: text, spanId, fields: {} };
}

function parseJsonLine(text: string, traceId: string): LogLine | undefined {
  try {
    const { time, level, msg, service, trace_id, span_id, trace_flags, ...fields } = JSON.parse(text) as Values;
    if (trace_id !== traceId) return undefined;
    return {
      time: Number(time),
      service: String(service ?? ''),
      level: LEVELS[Number(level)] ?? String(level),
      message: String(msg ?? ''),
      spanId: typeof span_id === 'string' ? span_id : null,
      fields,
    };
  } catch {
    return undefined; // not JSON, or truncated at its start
  }
}
