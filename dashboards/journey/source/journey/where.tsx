// Where the time went: one bar in words that a learner knows. Each part names its spans when it is pointed at or focused.

import { useSignal } from '@preact/signals';
import { STAGES } from '../../../../otel/contract/stages.ts';
import type { Entry } from '../../../../traces/ledger.ts';
import type { SpanNode } from '../../../../traces/tree.ts';
import { Explained } from '../frame/glossary.tsx';
import { duration } from '../layout/axis.ts';
import { choose, type Journey } from './state.ts';

const SPANS_NAMED = 6;

type Stage = Entry<SpanNode>;

export function WhereTheTimeWent({ journey }: { journey: Journey }) {
  const { stages, tree } = journey;
  const shown = useSignal<Stage | null>(null);
  const total = tree.end - tree.start || 1;
  const percent = (ms: number) => `${((100 * ms) / total).toFixed(ms / total < 0.1 ? 1 : 0)} %`;
  return (
    <section class="where" aria-labelledby="where-title">
      <h2 id="where-title">Where the time went</h2>
      <div class="where-bar">
        {stages.map((each) => (
          <button
            key={each.stage}
            type="button"
            class={`where-part stage-${each.stage}`}
            style={{ flexGrow: Math.max(each.micros / 1000 / total, 0.002) }}
            tabIndex={-1}
            aria-hidden="true"
            title={`${STAGES[each.stage].label}: ${duration(each.micros / 1000)}`}
            onMouseEnter={() => (shown.value = each)}
            onClick={() => each.nodes[0] && choose(journey, each.nodes[0].node)}
          />
        ))}
      </div>
      <ul class="where-legend">
        {stages.map((each) => (
          <li key={each.stage}>
            <button
              type="button"
              class={`where-word ${shown.value === each ? 'on' : ''}`}
              onFocus={() => (shown.value = each)}
              onMouseEnter={() => (shown.value = each)}
              onClick={() => each.nodes[0] && choose(journey, each.nodes[0].node)}
            >
              <i class={`swatch stage-${each.stage}`} />
              <span>{STAGES[each.stage].label}</span>
              <b>{duration(each.micros / 1000)}</b>
              <small>{percent(each.micros / 1000)}</small>
            </button>
          </li>
        ))}
      </ul>
      <p class="where-says">
        {shown.value ? (
          <StageSays entry={shown.value} journey={journey} />
        ) : (
          'Point at a part to see which spans it is made of.'
        )}
      </p>
    </section>
  );
}

function StageSays({ entry: { stage, nodes }, journey }: { entry: Stage; journey: Journey }) {
  const { label, says } = STAGES[stage];
  return (
    <>
      <strong>{label}</strong>: <Explained text={says} />
      {nodes.length > 0 && ' – '}
      {nodes.slice(0, SPANS_NAMED).map(({ node, micros }) => (
        <button key={node.key} type="button" class="span-link" onClick={() => choose(journey, node)}>
          <bdi>{node.span.name}</bdi> {duration(micros / 1000)}
        </button>
      ))}
      {nodes.length > SPANS_NAMED && ` and ${nodes.length - SPANS_NAMED} more`}
    </>
  );
}
