// npm run doctor: reports in a minute what is wrong with the lab itself, and what to do.
//
//   ✓ Node            Node 24.21.0
//   ✗ proxy           proxy is not running: no process listens on 127.0.0.1:8180.
//                     → Start the lab with npm start. If it is running, see .waybill/logs/proxy.log.

import { environment } from '../../runtime/config.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, style, wrap } from '../cli/screen.ts';
import { readLabConfig } from '../config.ts';
import type { Finding } from '../doctor/finding.ts';
import { runChecks } from '../doctor/run-checks.ts';

const USAGE = `Usage: npm run doctor [-- --json]

Checks everything that the lab needs, sends one request, and names the hop where it, its trace context or its spans were lost.

  npm run doctor
  npm run -s doctor -- --json

  --json   one JSON object
  --help   this text

Exit code 0: everything works, perhaps with a warning. 1: something is broken.`;

const MARKS = { ok: ['✓', 'green'], warning: ['!', 'yellow'], failed: ['✗', 'red'] } as const;
const WIDTH = 18;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run({ values }) {
    const context = { config: readLabConfig(), environment };
    const findings = await runChecks(context, values.json ? undefined : (each) => console.log(draw(each)));
    const ok = findings.every(({ state }) => state !== 'failed');
    if (values.json) console.log(JSON.stringify({ ok, findings }));
    else console.log(`\n${ok ? 'Everything works.' : 'Something is broken: begin with the first ✗.'}`);
    return ok;
  },
});

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
