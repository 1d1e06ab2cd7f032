// Where the time went: one bar in words that a learner knows, shown after a guess. Each part names its spans when it is pointed at or
// focused.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { STAGES } from '../../../../otel/contract/stages.ts';
import type { Entry } from '../../../../traces/breakdown.ts';
import { Explained } from '../frame/glossary.tsx';
import { duration } from '../layout/axis.ts';
import { number } from '../texts/format.ts';
import { choose, type Journey } from './state.ts';

const SPANS_NAMED = 6;

type Stage = Entry;

export function WhereTheTimeWent({ journey }: { journey: Journey }) {
  const guess = useSignal<Stage['stage'] | 'none' | null>(null);
  const isEnd = useComputed(() => journey.head.value >= journey.replay.length);
  const { stages, tree } = journey;
  if (guess.value !== null) return <TimeBar journey={journey} guess={guess.value} />;
  return (
    <section class={`where guess ${isEnd.value ? 'asks' : ''}`} aria-labelledby="where-title">
      <h2 id="where-title">{texts.whereDidTheTimeGo(duration(tree.end - tree.start))}</h2>
      <p class="quiet">{texts.whatTookLongest}</p>
      <div class="guesses">
        {stages.map(({ stage }) => (
          <button key={stage} type="button" class="small" onClick={() => (guess.value = stage)}>
            {STAGES[stage].label}
          </button>
        ))}
        <button type="button" class="small primary" onClick={() => (guess.value = 'none')}>
          {texts.showMe}
        </button>
      </div>
    </section>
  );
}

function TimeBar({ journey, guess }: { journey: Journey; guess: string }) {
  const { stages, tree } = journey;
  const shown = useSignal<Stage | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  const total = tree.end - tree.start || 1;
  const percent = (ms: number) => `${number((100 * ms) / total, ms / total < 0.1 ? 1 : 0)} %`;
  const longest = stages.reduce((most, each) => (each.micros > most.micros ? each : most));
  const verdict = guess === 'none' ? '' : guess === longest.stage ? texts.guessedRight : texts.guessedWrong;
  return (
    <section class="where" aria-labelledby="where-title">
      <h2 id="where-title" tabIndex={-1} ref={title}>
        {texts.whereTheTimeWent}
      </h2>
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
          <>
            {verdict} {texts.tookLongest(STAGES[longest.stage].label, percent(longest.micros / 1000))}
          </>
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
      {nodes.length > SPANS_NAMED && ` ${texts.andMore(nodes.length - SPANS_NAMED)}`}
    </>
  );
}
