// docs/scale.md's tables: what so many visitors a day need, worked out from what was measured (bench/results/chain.json). Nothing
// here is measured anew; what is assumed stands in ASSUMED, and in the page.

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
  /** So much of a core is used at most, so that a burst finds the rest. */
  used: 0.5,
  /** How long traces are kept, in days. */
  days: 7,
  /** What others ask for a core and a month, and for a GB of disk and a month, in euros: to compare with, no offer. */
  coreMonth: 25,
  diskMonth: 0.1,
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
  eurosAMonth: number;
};

const PARTS = ['proxy', 'gateway', 'app', 'store'];

/** What so many visitors a day need, of whom one trace in `1 / kept` is kept. */
export function sizingOf(results: ChainResults, visitors: number, kept: 1 | 0.01): Sizing {
  const { pagesADay, filesADay, busiestHour, used, days, coreMonth, diskMonth } = ASSUMED;
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
  const cores = needs.reduce((sum, need) => sum + Math.max(need.cores, 0.05), 0);
  return {
    visitors,
    pages,
    files,
    needs,
    spansADay,
    gigabytes,
    eurosAMonth: cores * coreMonth + gigabytes * diskMonth,
  };
}

/** How many spans such a request leaves from the web server on, as the contract has it. */
function spansOf(scenario: string): number {
  const entry = findScenario(scenario)?.visits[0]?.expected.children.at(-1)?.children[0];
  if (entry === undefined) throw new Error(`the scenario ${scenario} has no visit that reaches the web server`);
  return flatten(entry).length;
}

/** docs/scale.md with its tables written anew, by its path. */
export function scalePages(): Record<string, string> {
  const results = JSON.parse(readFileSync(join(ROOT, 'bench/results/chain.json'), 'utf8')) as ChainResults;
  const text = readFileSync(join(ROOT, PAGE), 'utf8');
  if (!TABLES.test(text)) throw new Error(`${PAGE} has no place for its tables: see TABLES in lab/bench/scale.ts`);
  return { [PAGE]: text.replace(TABLES, (_, begin, end) => `${begin}\n${tables(results)}\n\n${end}`) };
}

function tables(results: ChainResults): string {
  const sizings = [30, 1000, 1_000_000].flatMap((visitors) =>
    ([1, 0.01] as const).map((kept) => ({ kept, ...sizingOf(results, visitors, kept) })),
  );
  const rows = sizings.map(({ visitors, kept, pages, files, needs, spansADay, gigabytes, eurosAMonth }) => [
    visitors.toLocaleString('en'),
    kept === 1 ? 'all' : '1 in 100',
    `${round(pages)} + ${round(files)}`,
    ...needs.map(({ cores }) => round(cores)),
    Math.round(spansADay).toLocaleString('en'),
    round(gigabytes),
    eurosAMonth.toLocaleString('en', { maximumFractionDigits: 0 }),
  ]);
  const head = [
    'visitors a day',
    'traces kept',
    'pages + files a second',
    ...PARTS.map((part) => `${part}, cores`),
    'spans a day',
    'GB kept',
    '€ a month',
  ];
  const { where } = results;
  const costs = results.rates.filter(
    ({ name }) => name === 'protobuf' || name === 'sampled 1 %' || name === 'untraced',
  );
  const measured = costs.map(({ page, name, cpu }) => [page, name, ...PARTS.map((part) => String(cpu[part] ?? 0))]);
  return [
    `Measured (${where}), CPU in µs for a request:`,
    table(['', '', ...PARTS], measured),
    'Worked out from that, for the busiest hour:',
    table(head, rows),
  ].join('\n\n');
}

/** To two digits, but whole from ten on. */
function round(value: number): string {
  if (value < 0.01) return '< 0.01';
  return value >= 10 ? value.toLocaleString('en', { maximumFractionDigits: 0 }) : String(Number(value.toPrecision(2)));
}
