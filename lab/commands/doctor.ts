// npm run doctor: says in a minute when the lab itself is wrong, and what to do.
//
//   ✓ Node            Node 24.21.0
//   ✗ proxy           proxy is not there: nobody listens on 127.0.0.1:8180
//                     → Is the lab up? npm start. If it is, see .waybill/logs/proxy.log.

import { environment } from '../../runtime/config.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, style, wrap } from '../cli/screen.ts';
import { readLabConfig } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';

const USAGE = `Usage: npm run doctor [-- --json]

Looks at everything that the lab needs, sends one letter, and names the hop where it, its context or its spans were lost.

  npm run doctor
  npm run -s doctor -- --json

  --json   one JSON object
  --help   this text

Exit code 0: all is well, or works with a warning. 1: something is broken.`;

const MARKS = { fine: ['✓', 'green'], warning: ['!', 'yellow'], broken: ['✗', 'red'] } as const;
const WIDTH = 18;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  run: ({ values }) => doctor(values.json ?? false),
});

async function doctor(asJson: boolean): Promise<boolean> {
  const config = readLabConfig();
  const findings = await examine({ config, environment }, asJson ? undefined : (each) => console.log(draw(each)));
  const ok = findings.every(({ state }) => state !== 'broken');
  if (asJson) console.log(JSON.stringify({ ok, findings }));
  else console.log(`\n${ok ? 'The lab is well.' : 'Something is broken; the first ✗ is where to begin.'}`);
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
