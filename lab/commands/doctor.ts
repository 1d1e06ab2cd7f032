// npm run doctor: reports in a minute what is wrong with the lab itself, and what to do.
//
//   ✓ Node            Node 24.21.0
//   ✗ proxy           proxy is not running: no process listens on 127.0.0.1:8180.
//                     → Start the lab with npm start. If it is running, see .waybill/logs/proxy.log.
//
// npm run doctor -- --trace ID: reports what is wrong with a trace of any program.

import { environment } from '../../runtime/config.ts';
import { parseTraceId } from '../../traces/model.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { drawFindings, drawLinks } from '../cli/draw-findings.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, style, wrap } from '../cli/screen.ts';
import { readDiagnosis } from '../cli/send.ts';
import { type LabConfig, readLabConfig } from '../config.ts';
import type { Finding } from '../doctor/finding.ts';
import { runChecks } from '../doctor/run-checks.ts';

const USAGE = `Usage: npm run doctor [-- flags]

Checks everything that the lab needs, sends one request, and names the hop where it, its trace context or its spans were lost.

  npm run doctor
  npm run -s doctor -- --json
  npm run doctor -- --trace 4bf92f3577b34da6a3ce929d0e0e4736   what is wrong with this trace, and how to correct its programs

  --trace ID   a stored trace of any program, instead of the lab
  --json       one JSON object
  --help       this text

Exit code 0: everything works, perhaps with a warning. 1: something is broken.`;

const MARKS = { ok: ['✓', 'green'], warning: ['!', 'yellow'], failed: ['✗', 'red'] } as const;
const WIDTH = 18;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { trace: { type: 'string' } },
  async run({ values }) {
    const context = { config: readLabConfig(), environment };
    if (values.trace !== undefined) return reportTrace(values.trace, context.config, values.json);
    const findings = await runChecks(context, values.json ? undefined : (each) => console.log(draw(each)));
    const ok = findings.every(({ state }) => state !== 'failed');
    if (values.json) console.log(JSON.stringify({ ok, findings }));
    else console.log(`\n${ok ? 'Everything works.' : 'Something is broken: begin with the first ✗.'}`);
    return ok;
  },
});

async function reportTrace(typed: string, config: LabConfig, isJson = false): Promise<boolean> {
  const traceId = parseTraceId(typed);
  if (traceId === undefined) {
    throw new LabError('--trace wants a trace id of up to 32 hexadecimal digits: npm run traces lists them');
  }
  const { findings, linkedFrom } = await readDiagnosis(traceId, config);
  const ok = findings.length === 0;
  if (isJson) console.log(printable(JSON.stringify({ ok, traceId, findings, linkedFrom })));
  else
    console.log([drawFindings(findings, config.visitorUrl), ...drawLinks(linkedFrom, config.visitorUrl)].join('\n\n'));
  return ok;
}

function draw({ about, state, message, repair }: Finding): string {
  const [mark, colour] = MARKS[state];
  const room = columns() - WIDTH - 3;
  const lines = wrap(message, room).join(`\n  ${' '.repeat(WIDTH)}`);
  const advice = repair === undefined ? [] : wrap(`→ ${repair}`, room);
  return [
    `${style(colour, mark)} ${about.padEnd(WIDTH)}${lines}`,
    ...advice.map((line) => `  ${' '.repeat(WIDTH)}${style('dim', line)}`),
  ].join('\n');
}
