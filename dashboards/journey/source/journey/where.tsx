// Where the time went: one bar in words that a learner knows. Each part names its spans when it is pointed at or focused.

import { useSignal } from '@preact/signals';
import { Explained } from '../frame/glossary.tsx';
import { duration } from '../layout/axis.ts';
import { type Share, STAGES } from '../layout/stages.ts';
import { choose, type Journey } from './state.ts';

const SPANS_NAMED = 6;

export function WhereTheTimeWent({ journey }: { journey: Journey }) {
  const { shares, tree } = journey;
  const shown = useSignal<Share | null>(null);
  const total = tree.end - tree.start || 1;
  const percent = (ms: number) => `${((100 * ms) / total).toFixed(ms / total < 0.1 ? 1 : 0)} %`;
  return (
    <section class="where" aria-labelledby="where-title">
      <h2 id="where-title">Where the time went</h2>
      <div class="where-bar">
        {shares.map((share) => (
          <button
            key={share.stage}
            type="button"
            class={`where-part stage-${share.stage}`}
            style={{ flexGrow: Math.max(share.ms / total, 0.002) }}
            tabIndex={-1}
            aria-hidden="true"
            title={`${STAGES[share.stage].label}: ${duration(share.ms)}`}
            onMouseEnter={() => (shown.value = share)}
            onClick={() => share.rows[0] && choose(journey, share.rows[0].row)}
          />
        ))}
      </div>
      <ul class="where-legend">
        {shares.map((share) => (
          <li key={share.stage}>
            <button
              type="button"
              class={`where-word ${shown.value === share ? 'on' : ''}`}
              onFocus={() => (shown.value = share)}
              onMouseEnter={() => (shown.value = share)}
              onClick={() => share.rows[0] && choose(journey, share.rows[0].row)}
            >
              <i class={`swatch stage-${share.stage}`} />
              <span>{STAGES[share.stage].label}</span>
              <b>{duration(share.ms)}</b>
              <small>{percent(share.ms)}</small>
            </button>
          </li>
        ))}
      </ul>
      <p class="where-says">
        {shown.value ? (
          <ShareSays share={shown.value} journey={journey} />
        ) : (
          'Point at a part to see which spans it is made of.'
        )}
      </p>
    </section>
  );
}

function ShareSays({ share: { stage, rows }, journey }: { share: Share; journey: Journey }) {
  const { label, says } = STAGES[stage];
  return (
    <>
      <strong>{label}</strong>: <Explained text={says} />
      {rows.length > 0 && ' – '}
      {rows.slice(0, SPANS_NAMED).map(({ row, ms }) => (
        <button key={row.key} type="button" class="span-link" onClick={() => choose(journey, row)}>
          <bdi>{row.span.name}</bdi> {duration(ms)}
        </button>
      ))}
      {rows.length > SPANS_NAMED && ` and ${rows.length - SPANS_NAMED} more`}
    </>
  );
}
