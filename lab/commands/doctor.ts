// npm run doctor: says in a minute when the lab itself is wrong, and what to do.
//
//   ✓ Node            Node 24.21.0
//   ✗ proxy           proxy is not there: nobody listens on 127.0.0.1:8180
//                     → Is the lab up? npm start. If it is, see .waybill/logs/proxy.log.

import { parseArgs } from 'node:util';
import { printable } from '../../traces/printable.ts';
import { runCommand } from '../command.ts';
import { readLabConfig } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { style } from '../draw.ts';

const USAGE = `Usage: npm run doctor [-- --json]

Looks at everything that the lab needs, sends one letter, and names the hop where it, its context or its spans were lost.

  --json   one JSON object
  --help   this text

Exit code 0: all is well, or works with a warning. 1: something is broken.`;

const MARKS = { fine: ['✓', 'green'], warning: ['!', 'yellow'], broken: ['✗', 'red'] } as const;
const WIDTH = 18;

/** Runs the command; sets the exit code. */
export function main(args: string[]): Promise<void> {
  return runCommand(() => doctor(args));
}

async function doctor(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const config = readLabConfig(process.env);
  const findings = await examine(
    { config, environment: process.env },
    values.json ? undefined : (each) => console.log(draw(each)),
  );
  const ok = findings.every(({ state }) => state !== 'broken');
  if (values.json) console.log(JSON.stringify({ ok, findings }));
  else console.log(`\n${ok ? 'The lab is well.' : 'Something is broken; the first ✗ is where to begin.'}`);
  return ok;
}

function draw({ about, state, message, repair }: Finding): string {
  const [mark, colour] = MARKS[state];
  const lines = wrapped(printable(message)).join(`\n  ${' '.repeat(WIDTH)}`);
  const advice = repair === undefined ? [] : wrapped(`→ ${printable(repair)}`);
  return [
    `${style(colour, mark)} ${about.padEnd(WIDTH)}${lines}`,
    ...advice.map((line) => `  ${' '.repeat(WIDTH)}${style('dim', line)}`),
  ].join('\n');
}

/** A text in lines that fit beside the first column. */
function wrapped(text: string): string[] {
  const width = Math.max(30, (process.stdout.columns ?? 100) - WIDTH - 3);
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
