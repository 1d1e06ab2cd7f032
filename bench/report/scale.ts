// The table of docs/scale.md: what a number of visitors a day needs, calculated from bench/results/chain.json and ASSUMED.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findScenario } from '../../scenarios/scenarios.ts';
import { flatten } from '../../traces/expected.ts';
import { CHAIN, table } from './page.ts';
import type { ChainResults, Page } from './results.ts';

const PAGE = 'docs/scale.md';
/** The table stands between these. */
const TABLE = /(<!-- figures: [^\n]*\n)[\s\S]*?(<!-- \/figures -->)/;

const ASSUMED = {
  /** Requests of a visitor in a day. */
  pagesADay: 20,
  filesADay: 60,
  /** A fifth of them comes in the busiest hour. */
  busiestHour: 0.2,
  /** The share of each core that is used; the rest is for bursts. */
  used: 0.5,
  /** How long traces are kept, in days. */
  days: 7,
};

const PARTS = ['proxy', 'gateway', 'app', 'store'];

/** What `visitors` a day need if the share `kept` of their traces is stored: requests a second and cores in the busiest hour, spans a day, GB of traces. */
export function sizingOf(results: ChainResults, visitors: number, kept: 1 | 0.01) {
  const { pagesADay, filesADay, busiestHour, used, days } = ASSUMED;
  const inBusiest = (aDay: number) => (visitors * aDay * busiestHour) / 3600;
  const [pages, files] = [inBusiest(pagesADay), inBusiest(filesADay)];
  const name = kept === 1 ? 'protobuf' : 'sampled 1 %';
  const rates = results.rates.filter((rate) => rate.name === name && rate.connections === 32);
  const cost = (page: Page, part: string) => rates.find((rate) => rate.page === page)?.cpu[part] ?? 0;
  const needs = PARTS.map((part) => {
    const cpu = pages * cost('dynamic', part) + files * cost('static', part);
    return { part, cores: cpu / 1e6 / used };
  });
  const spansADay = visitors * (pagesADay * spansOf('dynamic') + filesADay * spansOf('static')) * kept;
  const gigabytes = (spansADay * days * (results.store?.bytesASpan ?? 0)) / 1e9;
  return { pages, files, needs, spansADay, gigabytes };
}

/** The number of spans that the first visit of a scenario has from the proxy on. */
function spansOf(scenario: string): number {
  const entry = findScenario(scenario)?.visits[0]?.expected.children.at(-1)?.children[0];
  if (entry === undefined) throw new Error(`the scenario ${scenario} has no visit that reaches the web server`);
  return flatten(entry).length;
}

/** docs/scale.md with a new table, by its path. */
export function scalePages(): Record<string, string> {
  const results = JSON.parse(readFileSync(CHAIN, 'utf8')) as ChainResults;
  const text = readFileSync(join(import.meta.dirname, '../..', PAGE), 'utf8');
  if (!TABLE.test(text)) throw new Error(`${PAGE} has no place for its table: see TABLE in bench/report/scale.ts`);
  return { [PAGE]: text.replace(TABLE, (_, begin, end) => `${begin}\n${sizings(results)}\n\n${end}`) };
}

function sizings(results: ChainResults): string {
  const rows = [1000, 1_000_000].flatMap((visitors) =>
    ([1, 0.01] as const).map((kept) => {
      const { pages, files, needs, spansADay, gigabytes } = sizingOf(results, visitors, kept);
      return [
        visitors.toLocaleString('en'),
        kept === 1 ? 'all' : '1 in 100',
        `${round(pages)} + ${round(files)}`,
        ...needs.map(({ cores }) => round(cores)),
        Math.round(spansADay).toLocaleString('en'),
        round(gigabytes),
      ];
    }),
  );
  const cores = PARTS.map((part) => `${part}, cores`);
  const head = ['visitors a day', 'traces kept', 'pages + files a second', ...cores, 'spans a day', 'GB kept'];
  const where = results.where.split('; ').slice(0, 3).join('; '); // without the versions of nginx and Django
  return `Calculated for the busiest hour from [bench.md](bench.md) (${where}):\n\n${table(head, rows)}`;
}

/** To two digits, but whole from ten on. */
function round(value: number): string {
  if (value < 0.01) return '< 0.01';
  return value >= 10 ? value.toLocaleString('en', { maximumFractionDigits: 0 }) : String(Number(value.toPrecision(2)));
}
