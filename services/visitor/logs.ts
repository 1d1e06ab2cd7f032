// The log lines of one trace: every service logs JSON lines with the trace's id, which the lab's runner keeps in files.

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Values } from '../../traces/model.ts';
import type { LogLine, Logs } from './api.ts';

/** How much of the end of each file is read, in bytes, how much at once, and how many lines are answered. */
const READ = 8 * 1024 * 1024;
const PIECE = 512 * 1024;
const MAX_LINES = 1000;

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const NEWLINE = 0x0a;

/** The log lines that carry `traceId`, oldest first; none, with the reason, where no folder of logs is known. */
export async function readLogs(traceId: string, folder: string | undefined, signal?: AbortSignal): Promise<Logs> {
  if (folder === undefined) {
    return { logs: [], reason: 'Each container keeps its own log here: docker compose logs' };
  }
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.includes('.log'));
  const logs: LogLine[] = [];
  for (const name of files) {
    // A file may have been put away meanwhile.
    for (const line of await linesWith(traceId, join(folder, name), signal).catch(() => [])) logs.push(line);
  }
  return { logs: logs.sort((a, b) => a.time - b.time).slice(0, MAX_LINES) };
}

/** The lines at the end of a file that carry `traceId`: it is looked for in the bytes, piece by piece, and the rest is not decoded. */
async function linesWith(traceId: string, path: string, signal?: AbortSignal): Promise<LogLine[]> {
  const found: LogLine[] = [];
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let rest: Buffer = Buffer.alloc(0);
    for (let at = Math.max(0, size - READ); at < size && found.length < MAX_LINES && !signal?.aborted; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(PIECE, size - at)), { position: at });
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = at < size ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
      found.push(...linesIn(bytes.subarray(0, end), traceId));
      rest = bytes.length - end > PIECE ? Buffer.alloc(0) : bytes.subarray(end);
    }
  } finally {
    await file.close();
  }
  return found;
}

function linesIn(bytes: Buffer, traceId: string): LogLine[] {
  const lines: LogLine[] = [];
  for (let at = bytes.indexOf(traceId); at >= 0; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    const line = parse(bytes.toString('utf8', bytes.lastIndexOf(NEWLINE, at) + 1, end), traceId);
    if (line) lines.push(line);
    at = bytes.indexOf(traceId, end);
  }
  return lines;
}

function parse(text: string, traceId: string): LogLine | undefined {
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
    return undefined; // a line that is no JSON, or cut at its beginning
  }
}
