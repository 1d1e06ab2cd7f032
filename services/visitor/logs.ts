// The log lines of one trace: every service logs JSON lines with the trace's id, which the lab's runner keeps in files.

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Values } from '../../traces/model.ts';
import type { LogLine, Logs } from './api.ts';

/** How much of the end of each file is read, in bytes, and how many lines are told. */
const READ = 8 * 1024 * 1024;
const MOST_LINES = 1000;

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** The log lines that carry `traceId`, oldest first; none, with the reason, where no folder of logs is known. */
export async function readLogs(traceId: string, folder: string | undefined): Promise<Logs> {
  if (folder === undefined) {
    return { logs: [], reason: 'Each container keeps its own log here: docker compose logs' };
  }
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.includes('.log'));
  const lines = await Promise.all(files.map((name) => linesWith(traceId, join(folder, name))));
  const logs = lines.flat().sort((a, b) => a.time - b.time);
  return { logs: logs.slice(0, MOST_LINES) };
}

async function linesWith(traceId: string, path: string): Promise<LogLine[]> {
  const text = await endOf(path).catch(() => ''); // it may have been put away meanwhile
  const found = text.split('\n').filter((line) => line.includes(traceId));
  return found.map((line) => parse(line, traceId)).filter((line) => line !== undefined);
}

async function endOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, READ));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
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
