// Where the time went, in words that a learner knows: each piece of time belongs to one stage, and together they are the
// whole. What nobody accounts for is told as such.

import { requestMoments } from './moments.ts';
import { type Segment, segmentsOf } from './segments.ts';
import type { Row, Tree } from './tree.ts';

/** The stages, in the order in which a letter passes them. */
export const STAGES = {
  phonebook: { label: 'phonebook', says: 'asking where the reader lives (DNS)' },
  way: { label: 'way', says: 'opening a way through the post offices (connect)' },
  waiting: { label: 'first byte', says: 'the letter is between you and the web server; you wait for the first byte' },
  proxy: { label: 'web server', says: 'the web server (reverse proxy) decides, and hands over' },
  queue: { label: 'queue', says: 'waiting until a worker is free' },
  gateway: { label: 'app server', says: 'the app server hands the letter to a worker' },
  worker: { label: 'worker', says: 'the worker: framework, url list, view' },
  database: { label: 'database', says: 'looking something up, or changing it' },
  template: { label: 'template', says: 'writing the answer out' },
  download: { label: 'download', says: 'from the first byte of the answer to its last' },
  other: { label: 'others', says: 'spans of other instrumentation' },
  nobody: { label: 'nobody accounts for', says: 'no span says what happened in this time' },
} as const;

export type Stage = keyof typeof STAGES;

export type Share = {
  stage: Stage;
  /** Milliseconds. */
  ms: number;
  /** The spans that this time belongs to, the one with most of it first. */
  rows: { row: Row; ms: number }[];
};

/** How long each stage took, in the order of the journey; those that took no time are left out. */
export function sharesOf(tree: Tree, segments: readonly Segment[] = segmentsOf(tree)): Share[] {
  const shares = new Map<Stage, Map<Row | null, number>>();
  for (const segment of segments) {
    const stage = stageOf(segment);
    const rows = shares.get(stage) ?? new Map();
    rows.set(segment.row, (rows.get(segment.row) ?? 0) + segment.to - segment.from);
    shares.set(stage, rows);
  }
  return (Object.keys(STAGES) as Stage[]).flatMap((stage) => {
    const parts = shares.get(stage);
    if (parts === undefined) return [];
    const rows = [...parts].flatMap(([row, ms]) => (row === null ? [] : [{ row, ms }])).sort((a, b) => b.ms - a.ms);
    return [{ stage, ms: [...parts.values()].reduce((sum, ms) => sum + ms, 0), rows }];
  });
}

/** The stage that a piece of time belongs to. */
export function stageOf({ row, from, to }: Segment): Stage {
  if (row === null) return 'nobody';
  const { service, name, kind } = row.span;
  if (service === 'visitor')
    return kind === 2 && name !== 'DNS lookup' ? requestStage(row, from, to) : visitorStage(name);
  if (service === 'dns') return 'phonebook';
  if (service === 'router') return 'way';
  if (service === 'proxy') return 'proxy';
  if (service === 'gateway') return name === 'queue' ? 'queue' : 'gateway';
  if (service !== 'app') return 'other';
  if (name.startsWith('template ')) return 'template';
  return 'db.system.name' in row.span.attributes ? 'database' : 'worker';
}

function visitorStage(name: string): Stage {
  if (name === 'DNS lookup') return 'phonebook';
  return name === 'connect' ? 'way' : 'nobody';
}

function requestStage(row: Row, from: number, to: number): Stage {
  const { firstByte } = requestMoments(row.span);
  const middle = (from + to) / 2;
  return firstByte !== undefined && middle >= firstByte ? 'download' : 'waiting';
}
