// npm run faults: the lab's faults. Each breaks something on purpose, and says what to look for in the next trace.

import { isSet } from '../../runtime/control/fault.ts';
import { didYouMean } from '../../runtime/nearest.ts';
import type { Fault, Faults } from '../../services/visitor/api.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, style, wrap } from '../cli/screen.ts';
import { askVisitor } from '../cli/send.ts';
import { type LabConfig, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run faults [<fault>=<value> …] [-- --repair | --json]

The faults of the lab: what each breaks, and what to look for in the trace. <fault>=<value> sets one.

  npm run faults                          all of them; ● is not the default
  npm run faults gateway.workers=1        one worker handles all requests
  npm run faults dns.telemetry.exports=off   the traces have no spans of dns
  npm run faults -- --repair              all to their defaults

  --repair   sets all of them to their defaults
  --json     one JSON object
  --help     this text

Exit code 0: done. 1: not, and why.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { repair: { type: 'boolean' } },
  async run({ values, words }) {
    const config = readLabConfig();
    let faults = await ask(config, values.repair ? { method: 'DELETE' } : {});
    if (words.length > 0) {
      const changes = Object.fromEntries(words.map((word) => change(word, faults)));
      faults = await ask(config, { method: 'PUT', body: JSON.stringify(changes) });
    }
    console.log(values.json ? printable(JSON.stringify(faults)) : draw(faults));
    return true;
  },
});

async function ask(config: LabConfig, request: RequestInit): Promise<Faults> {
  return (await (await askVisitor(config, '/faults', request)).json()) as Faults;
}

/** The fault that `word` (fault=value) sets, with a value of its kind. */
function change(word: string, { faults }: Faults): [string, boolean | number | string] {
  const [id = '', value] = word.split('=');
  const fault = faults.find((each) => each.id === id);
  if (fault === undefined) {
    const ids = faults.map((each) => each.id);
    throw new LabError(`There is no fault "${id}".${didYouMean(id, ids)} The faults are ${ids.join(', ')}.`);
  }
  if (value === undefined) throw new LabError(`${id}: expected ${takes(fault)}, got no value.`);
  if (fault.kind === 'choice') return [id, value];
  if (fault.kind === 'switch' && /^(on|off|true|false)$/.test(value)) return [id, value === 'on' || value === 'true'];
  if (fault.kind === 'number' && /^-?\d+$/.test(value)) return [id, Number(value)];
  throw new LabError(`${id}: expected ${takes(fault)}, got "${value}".`);
}

function takes(fault: Fault): string {
  if (fault.kind === 'switch') return 'on or off';
  if (fault.kind === 'choice') return fault.choices.join(', ');
  return `${fault.range.min} to ${fault.range.max}${fault.range.unit === '' ? '' : ` ${fault.range.unit}`}`;
}

function headOf(fault: Fault): string {
  const { id, value, title } = fault;
  const shown = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  return style(isSet(fault) ? 'red' : 'bold', `${isSet(fault) ? '●' : '○'} ${id} = ${shown}  ${title}`);
}

function draw({ faults, unreachable }: Faults): string {
  const width = columns();
  const about = ({ sentence, look }: Fault, values: string) =>
    [...wrap(`${sentence} ${look}`, width - 4), `(${values})`].map((line) => `    ${style('dim', line)}`);
  const own = faults.filter(({ group }) => group === undefined);
  const telemetry = Map.groupBy(
    faults.filter(({ group }) => group === 'telemetry'),
    ({ id }) => id.slice(id.indexOf('.') + 1),
  );
  const lines = own.flatMap((fault) => [headOf(fault), ...about(fault, takes(fault))]);
  if (telemetry.size > 0) lines.push('', style('bold', 'Telemetry: what is wrong with the traces themselves'));
  for (const [name, each] of telemetry) {
    const [first] = each as [Fault];
    const services = each.map(({ service }) => service).join(', ');
    const set = each.filter(isSet);
    lines.push(...(set.length > 0 ? set.map(headOf) : [style('bold', `○ <service>.${name}  ${first.title}`)]));
    lines.push(...about(first, `${takes(first)}; of ${services}`));
  }
  const missing = unreachable.map((service) =>
    style('red', `✗ ${service} does not answer at its control port: its faults are not listed`),
  );
  return [...lines, ...missing].join('\n');
}
