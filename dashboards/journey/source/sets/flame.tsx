// The flame graph of one set, or of two with the difference of each step's own work. Its traces are read when it is shown.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/sets.tsx';
import { inGroups } from '../../../../traces/in-groups.ts';
import { spansOf } from '../../../../traces/model.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { type FlameNode, type FlamePair, flameOf, pairFlames } from '../../../../traces/statistics/flame.ts';
import type { SampleSet } from '../../../../traces/statistics/sample.ts';
import { actionOf } from '../../../../traces/titles.ts';
import { fetchTrace } from '../api.ts';
import { Waiting } from '../frame/waiting.tsx';
import { difference, duration } from '../layout/axis.ts';

const AT_ONCE = 6;
const ROW_REM = 1.7;

export function Flame({ a, b }: { a: SampleSet; b?: SampleSet }) {
  const pair = useSignal<FlamePair | null>(null);
  const problem = useSignal('');
  useEffect(() => {
    Promise.all([foldSet(a), b ? foldSet(b) : null]).then(
      ([left, right]) => {
        pair.value = b ? pairFlames(left, right) : pairFlames(left, left);
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, [a.id, b?.id]);
  if (problem.value) return <p class="card-error">{problem.value}</p>;
  if (pair.value === null) return <Waiting says={texts.readingTheTraces} />;
  const blocks = layOut(pair.value);
  const depth = Math.max(...blocks.map((block) => block.depth)) + 1;
  return (
    <section aria-labelledby="flame-title">
      <h2 id="flame-title">{b ? texts.whereTheDifferenceIs : texts.allOfThemFolded}</h2>
      <p class="quiet">{b ? texts.differenceSays : texts.foldedSays}</p>
      <div class="scrolling-table">
        <div class="flame" style={{ height: `${depth * ROW_REM}rem` }}>
          {blocks.map((block) => (
            <Block key={block.path} block={block} isDifference={b !== undefined} />
          ))}
        </div>
      </div>
    </section>
  );
}

type Placed = { path: string; pair: FlamePair; depth: number; left: number; width: number };

function Block({ block: { pair, depth, left, width }, isDifference }: { block: Placed; isDifference: boolean }) {
  const { a, b } = pair;
  const shown = (b ?? a) as FlameNode;
  const change = (b?.self ?? 0) - (a?.self ?? 0);
  const isCritical = shown.critical > shown.self / 2;
  const title = actionOf(shown.span);
  const step = `${shown.span.service} ${title}`;
  const workOf = (side: FlameNode | null | undefined) => (side ? duration(side.self) : texts.none);
  const says = isDifference
    ? texts.ownWorkOfBoth(step, workOf(a), workOf(b), difference(change))
    : texts.ownWork(step, duration(shown.total), duration(shown.self), duration(shown.critical), shown.count);
  const tone = !isDifference ? serviceClass(shown.span.service) : change > 0 ? 'longer' : change < 0 ? 'shorter' : '';
  return (
    <div
      class={`flame-block ${tone} ${isCritical && !isDifference ? 'critical' : ''}`}
      style={{ left: `${100 * left}%`, width: `${100 * width}%`, top: `${depth * ROW_REM}rem` }}
      title={says}
    >
      <span aria-hidden="true">
        {isDifference ? `${title} ${difference(change)}` : `${title} ${duration(shown.self)}`}
      </span>
      <span class="hidden-label">{says}</span>
    </div>
  );
}

/** The blocks of `root` from the top, as shares of the whole width; siblings that overlap in time are drawn narrower. */
function layOut(root: FlamePair): Placed[] {
  const widthOf = ({ a, b }: FlamePair) => Math.max(a?.total ?? 0, b?.total ?? 0);
  const blocks: Placed[] = [];
  const place = (pair: FlamePair, depth: number, left: number, width: number) => {
    blocks.push({ path: ((pair.a ?? pair.b) as FlameNode | null)?.path ?? '', pair, depth, left, width });
    const sum = pair.children.reduce((all, child) => all + widthOf(child), 0);
    const scale = width / Math.max(widthOf(pair), sum, Number.EPSILON);
    let at = left;
    for (const child of pair.children) {
      place(child, depth + 1, at, widthOf(child) * scale);
      at += widthOf(child) * scale;
    }
  };
  if (root.a ?? root.b) place(root, 0, 0, 1);
  return blocks;
}

async function foldSet({ samples }: SampleSet): Promise<FlameNode | null> {
  const traces = [];
  for await (const data of inGroups(samples, AT_ONCE, ({ traceId }) => fetchTrace(traceId))) traces.push(spansOf(data));
  return flameOf(traces) ?? null;
}
