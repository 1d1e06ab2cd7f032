// npm run map: the parts of the lab, from the recent traces. What is in no trace is not on the map.
//
//   resolver        38 of 40 traces    2.1 ms
//   root .          12 of 40 traces    0.2 ms

import type { Traces } from '../../services/visitor/api.ts';
import { median } from '../../traces/statistics/median.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand, wholeNumber } from '../cli/options.ts';
import { columns, cut, padEnd, style, widest } from '../cli/screen.ts';
import { askVisitor, readTrace } from '../cli/send.ts';
import { readLabConfig } from '../config.ts';
import { type LabMap, mapOf, svgOf } from '../map.ts';

const USAGE = `Usage: npm run map [-- --svg | --deployment | --limit 40]

The parts of the lab, from the recent traces: every stop of the requests, in how many traces it is, and how long it took
(median). What is in no trace is not on the map.

  npm run -s map -- --svg > map.svg        a picture
  npm run map -- --deployment              the stops of deployments (npm run deploy)

  --limit N       the last N traces, 1 to 200 (100)
  --json          one JSON object: {world, traces, stops, roads}
  --help          this text

Exit code 0: there is a map. 1: no trace was found.`;

/** "  100 of 100 traces   12.3 ms". */
const TIMES = 32;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {
    svg: { type: 'boolean' },
    deployment: { type: 'boolean' },
    limit: { type: 'string', default: '100' },
  },
  async run({ values }) {
    const limit = wholeNumber('--limit', values.limit, 1, 200);
    const config = readLabConfig();
    const response = await askVisitor(config, `/traces?limit=${limit}`);
    const { traces } = (await response.json()) as Traces;
    const spans = [];
    for (const { traceId } of traces) spans.push((await readTrace(traceId, config)).spans);
    const map = mapOf(spans, values.deployment ? 'deployment' : 'visit');
    if (map.traces === 0) {
      const command = values.deployment ? 'npm run deploy' : 'npm run fire dynamic';
      throw new LabError(`None of the last ${traces.length} traces is of that kind. Make one: ${command}`);
    }
    console.log(values.json ? JSON.stringify(map) : values.svg ? svgOf(map) : draw(map));
    return true;
  },
});

function draw({ traces, stops }: LabMap): string {
  const width = Math.min(widest(stops.map(({ label }) => label)), columns() - TIMES);
  const count = String(traces).length;
  return stops
    .map(({ label, traces: visits, failed, ms }) => {
      const took = `${median(ms).toFixed(1)} ms`.padStart(11);
      const line = `${padEnd(cut(label, width), width)}  ${String(visits).padStart(count)} of ${traces} traces ${took}`;
      return failed === 0 ? line : `${line}  ${style('red', `failed in ${failed}`)}`;
    })
    .join('\n');
}
