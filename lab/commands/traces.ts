// npm run traces: the recent traces, newest first, a line each.
//
//   12:04:31   24.1 ms  200  dynamic   GET tatis.test/             25 spans  4bf92f3577b34da6a3ce929d0e0e4736

import { shownAddress } from '../../otel/contract/phrases.ts';
import type { TraceRow, Traces } from '../../services/visitor/api.ts';
import { shownName } from '../../traces/model.ts';
import { printable } from '../../traces/printable.ts';
import { drawAttributes } from '../cli/attributes.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, cut, padEnd, style, widest } from '../cli/screen.ts';
import { askVisitor, readTrace } from '../cli/send.ts';
import { readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run traces [-- flags]

The recent traces, newest first: of commands, pages, browsers, curl, and your own programs.

  npm run traces -- --scenario dynamic --limit 5
  npm run traces -- --status 5xx
  npm run traces -- --min-duration 100        at least 100 ms
  npm run traces -- history                   whose address, name or id contains this

  npm run traces -- 4bf92f3577b34da6a3ce929d0e0e4736 --attributes    one trace: each span with its id, attributes and events

  --attributes         the spans of the trace with this id, and all that they say
  --scenario NAME      of one scenario
  --status S           a status (404), a class of them (5xx), or none: no response came
  --min-duration MS    --max-duration MS
  --limit N            at most N, 1 to 200 (20)
  --json               one JSON object
  --help               this text

Exit code 0: found. 1: none found.`;

const ID = 32;
/** Time of day, duration and status, and what stands between. */
const TIMES = 8 + 2 + 10 + 2 + 3 + 2;
const MIN_SUBJECT = 16;
/** A scenario's name comes from the trace. */
const MAX_SCENARIO = 20;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {
    attributes: { type: 'boolean' },
    scenario: { type: 'string' },
    status: { type: 'string' },
    'min-duration': { type: 'string' },
    'max-duration': { type: 'string' },
    limit: { type: 'string' },
  },
  async run({ values, words }) {
    if (values.attributes) {
      const [id = '', ...more] = words;
      if (!/^[0-9a-f]{32}$/.test(id) || more.length > 0) {
        throw new LabError('--attributes needs one trace id of 32 hexadecimal digits: npm run traces lists them');
      }
      const { spans } = await readTrace(id, readLabConfig());
      if (spans.length === 0) throw new LabError(`There is no trace ${id}. The recent ones: npm run traces`);
      console.log(values.json ? printable(JSON.stringify({ spans })) : drawAttributes(spans));
      return true;
    }
    const { scenario, status, limit, 'min-duration': minDuration, 'max-duration': maxDuration } = values;
    const filter = { scenario, status, limit, minDuration, maxDuration, q: words.join(' ') || undefined };
    const query = new URLSearchParams(Object.entries(filter).filter((each): each is [string, string] => !!each[1]));
    const response = await askVisitor(readLabConfig(), `/traces?${query}`);
    const found = (await response.json()) as Traces;
    console.log(values.json ? printable(JSON.stringify(found)) : draw(found.traces));
    return found.traces.length > 0;
  },
});

function draw(rows: TraceRow[]): string {
  if (rows.length === 0) return 'No trace was found. Send a request: npm run fire dynamic';
  const named = Math.min(widest(rows.map(({ scenario }) => printable(scenario ?? ''))), MAX_SCENARIO);
  const left = columns() - TIMES - named - 2;
  const isOneLine = left >= ID + 2 + MIN_SUBJECT;
  const room = isOneLine ? left - ID - 2 : left;
  return rows
    .map((row) => {
      const { startTime, durationMs, status, scenario, traceId, errorCount } = row;
      const time = new Date(startTime).toTimeString().slice(0, 8);
      const subject = padEnd(cut(subjectOf(row), room), room);
      const took = `${durationMs.toFixed(1)} ms`.padStart(10);
      const line = `${time}  ${took}  ${String(status ?? '–').padStart(3)}  ${padEnd(cut(scenario ?? '', named), named)}  ${subject}`;
      const whole = isOneLine ? `${line}  ${traceId}` : `${line.trimEnd()}\n${' '.repeat(10)}${traceId}`;
      return whole
        .split('\n')
        .map((each) => (errorCount > 0 ? style('red', each) : each))
        .join('\n');
    })
    .join('\n');
}

function subjectOf({ method, url, name, spanCount }: TraceRow): string {
  const what = url === null ? shownName(name) : `${method ?? ''} ${shownAddress(url)}`.trim();
  return `${what} · ${spanCount} span${spanCount === 1 ? '' : 's'}`;
}
