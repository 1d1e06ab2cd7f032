// Two journeys: heads, where the time of both went, maps in step, and the stations aligned.

import { useSignalEffect } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/compare.tsx';
import { STAGES } from '../../../../otel/contract/stages.ts';
import { JourneyMap } from '../journey/map.tsx';
import { Player } from '../journey/player.tsx';
import { createJourney, type FiledTrace, type Journey } from '../journey/state.ts';
import { aboutOf } from '../layout/about.ts';
import { difference, duration } from '../layout/axis.ts';
import { stagePairs } from '../layout/pairs.ts';
import { Stations } from './stations.tsx';

export function SideBySide({ a, b, onSwap }: { a: FiledTrace; b: FiledTrace; onSwap: () => void }) {
  const left = useMemo(() => createJourney(a, null), [a.spans]);
  const right = useMemo(() => createJourney(b, null), [b.spans]);
  // In step: the longer one drives, and the other goes along at the same real time since its start.
  const [driver, other] = left.replay.length >= right.replay.length ? [left, right] : [right, left];
  useSignalEffect(() => {
    other.head.value = Math.min(
      other.replay.length,
      driver.head.value * (other.replay.length / (driver.replay.length || 1)),
    );
  });
  const longer = Math.max(left.tree.end - left.tree.start, right.tree.end - right.tree.start) || 1;
  return (
    <article class="compare">
      <h1 tabIndex={-1}>{texts.twoJourneys}</h1>
      <div class="compare-heads">
        <Head side="left" journey={left} />
        <button type="button" class="button" onClick={onSwap} aria-label={texts.swapLeftAndRight}>
          ⇄
        </button>
        <Head side="right" journey={right} />
      </div>
      <section aria-labelledby="both-times">
        <h2 id="both-times">{texts.whereTheTimeWent}</h2>
        <Shares left={left} right={right} longer={longer} />
      </section>
      <section class="stage" aria-label={texts.onTheMap}>
        <div class="two-maps">
          <JourneyMap journey={left} label={texts.leftMap} />
          <JourneyMap journey={right} label={texts.rightMap} />
        </div>
        <Player journey={driver} />
      </section>
      <section aria-labelledby="stations-title">
        <h2 id="stations-title">{texts.stationByStation}</h2>
        <Stations a={a.spans} b={b.spans} links={[a.traceId, b.traceId]} longer={longer} />
      </section>
    </article>
  );
}

function Head({ side, journey }: { side: string; journey: Journey }) {
  const { method, where, status, failed, answeredBy } = aboutOf(journey.tree);
  return (
    <a class={`compare-head ${side}`} href={`/traces/${journey.traceId}`}>
      <small>{side}</small>
      <strong>
        {method} <bdi>{where}</bdi> → {status ?? failed ?? '?'} · {duration(journey.tree.end - journey.tree.start)}
      </strong>
      <span class="quiet">
        {answeredBy} {texts.spans(journey.spans.length)}
      </span>
    </a>
  );
}

function Shares({ left, right, longer }: { left: Journey; right: Journey; longer: number }) {
  return (
    <div class="scrolling-table" role="region" aria-label={texts.timesOfBoth} tabIndex={0}>
      <table class="shares">
        <thead>
          <tr>
            <th scope="col">{texts.stage}</th>
            <th scope="col">{texts.left}</th>
            <th scope="col">{texts.right}</th>
            <th scope="col">{texts.difference}</th>
            <th scope="col">
              <span class="hidden-label">{texts.bars}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {stagePairs(left.stages, right.stages).map(({ stage, a, b }) => (
            <tr key={stage}>
              <th scope="row">
                <i class={`swatch stage-${stage}`} /> {STAGES[stage].label}
              </th>
              <td>{a === null ? '·' : duration(a)}</td>
              <td>{b === null ? '·' : duration(b)}</td>
              <td class={(b ?? 0) > (a ?? 0) ? 'slower' : 'quicker'}>{difference((b ?? 0) - (a ?? 0))}</td>
              <td class="share-bars" aria-hidden="true">
                <i class={`stage-${stage}`} style={{ width: `${(100 * (a ?? 0)) / longer}%` }} />
                <i class={`stage-${stage}`} style={{ width: `${(100 * (b ?? 0)) / longer}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
