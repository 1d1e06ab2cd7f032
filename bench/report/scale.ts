// The tables of docs/scale.md: what a number of visitors a day needs, calculated from bench/results/chain.json and ASSUMED.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findScenario } from '../../scenarios/scenarios.ts';
import { flatten } from '../../traces/expected.ts';
import { table } from './page.ts';
import type { ChainResults, Rate } from './results.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'docs/scale.md';
/** Between these the page has its tables. */
const TABLES = /(<!-- figures: [^\n]*\n)[\s\S]*?(<!-- \/figures -->)/;

export const ASSUMED = {
  /** What a visitor asks for in a day. */
  pagesADay: 20,
  filesADay: 60,
  /** A fifth of them all comes in the busiest hour. */
  busiestHour: 0.2,
  /** The share of each core that is used; the rest is for bursts. */
  used: 0.5,
  /** How long traces are kept, in days. */
  days: 7,
};

/** What one part needs: cores at the busiest time, at ASSUMED.used of each. */
export type Need = { part: string; cores: number };
export type Sizing = {
  visitors: number;
  /** In the busiest hour, a second. */
  pages: number;
  files: number;
  needs: Need[];
  spansADay: number;
  /** Of traces, for as long as they are kept. */
  gigabytes: number;
};

const PARTS = ['proxy', 'gateway', 'app', 'store'];

/** What `visitors` a day need if the share `kept` of their traces is stored. */
export function sizingOf(results: ChainResults, visitors: number, kept: 1 | 0.01): Sizing {
  const { pagesADay, filesADay, busiestHour, used, days } = ASSUMED;
  const inBusiest = (aDay: number) => (visitors * aDay * busiestHour) / 3600;
  const [pages, files] = [inBusiest(pagesADay), inBusiest(filesADay)];
  const name = kept === 1 ? 'protobuf' : 'sampled 1 %';
  const cost = (page: Rate['page'], part: string) =>
    results.rates.find((rate) => rate.page === page && rate.name === name)?.cpu[part] ?? 0;
  const needs = PARTS.map((part) => {
    const cpu = pages * cost('dynamic', part) + files * cost('static', part);
    return { part, cores: cpu / 1e6 / used };
  });
  const spansADay = visitors * (pagesADay * spansOf('dynamic') + filesADay * spansOf('static')) * kept;
  const gigabytes = (spansADay * days * (results.store?.bytesASpan ?? 0)) / 1e9;
  return { visitors, pages, files, needs, spansADay, gigabytes };
}

/** The number of spans that the first visit of a scenario has from the proxy on. */
function spansOf(scenario: string): number {
  const entry = findScenario(scenario)?.visits[0]?.expected.children.at(-1)?.children[0];
  if (entry === undefined) throw new Error(`the scenario ${scenario} has no visit that reaches the web server`);
  return flatten(entry).length;
}

/** docs/scale.md with new tables, by its path. */
export function scalePages(): Record<string, string> {
  const results = JSON.parse(readFileSync(join(ROOT, 'bench/results/chain.json'), 'utf8')) as ChainResults;
  const text = readFileSync(join(ROOT, PAGE), 'utf8');
  if (!TABLES.test(text)) throw new Error(`${PAGE} has no place for its tables: see TABLES in bench/report/scale.ts`);
  return { [PAGE]: text.replace(TABLES, (_, begin, end) => `${begin}\n${tables(results)}\n\n${end}`) };
}

function tables(results: ChainResults): string {
  const sizings = [1000, 1_000_000].flatMap((visitors) =>
    ([1, 0.01] as const).map((kept) => ({ kept, ...sizingOf(results, visitors, kept) })),
  );
  const rows = sizings.map(({ visitors, kept, pages, files, needs, spansADay, gigabytes }) => [
    visitors.toLocaleString('en'),
    kept === 1 ? 'all' : '1 in 100',
    `${round(pages)} + ${round(files)}`,
    ...needs.map(({ cores }) => round(cores)),
    Math.round(spansADay).toLocaleString('en'),
    round(gigabytes),
  ]);
  const head = [
    'visitors a day',
    'traces kept',
    'pages + files a second',
    ...PARTS.map((part) => `${part}, cores`),
    'spans a day',
    'GB kept',
  ];
  const where = results.where.split('; ').slice(0, 3).join('; '); // without the versions of nginx and Django
  return `Calculated for the busiest hour from [bench.md](bench.md) (${where}):\n\n${table(head, rows)}`;
}

/** To two digits, but whole from ten on. */
function round(value: number): string {
  if (value < 0.01) return '< 0.01';
  return value >= 10 ? value.toLocaleString('en', { maximumFractionDigits: 0 }) : String(Number(value.toPrecision(2)));
}
