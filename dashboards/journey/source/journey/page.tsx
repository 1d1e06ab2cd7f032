// One journey: the trace is fetched, fills in while it arrives, and the page shows what is wrong when it does not.

import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import type { TraceSpan } from '../../../../traces/model.ts';
import { treeOf } from '../../../../traces/tree.ts';
import { address, go, isBesideLesson, journeyAddress, setParameters } from '../address.ts';
import { Checklist } from '../checklist/checklist.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { DiagnosedJourney } from './diagnosed.tsx';
import { followTrace, type TraceState } from './follow-trace.ts';
import { RunBar } from './run-bar.tsx';
import { createJourney, type Journey } from './state.ts';

export function JourneyPage({ traceId }: { traceId: string }) {
  const trace = useSignal<TraceState>({ kind: 'loading' });
  useEffect(() => followTrace(traceId, (now) => (trace.value = now)), [traceId]);
  const request = address.value.searchParams.get('request');
  const held = useMemo(() => signal<Held | null>(null), [traceId, request]);
  const journey = useComputed(() => {
    const now = trace.value;
    const { value: url } = address;
    return now.kind === 'loaded' ? layOutTrace(held, traceId, now, url.searchParams.get('request')) : null;
  });
  const run = (address.value.searchParams.get('run') ?? '').split(',').filter(Boolean);
  const next = run[run.indexOf(traceId) + 1];
  const now = trace.value;
  if (now.kind !== 'loaded' || !journey.value) return <TraceMissing traceId={traceId} trace={now} />;
  return (
    <>
      {run.length > 1 && <RunBar run={run} traceId={traceId} />}
      <Checklist journey={journey.value} run={run} />
      <DiagnosedJourney
        journey={journey.value}
        isComplete={now.isComplete}
        isStored
        onEnd={next === undefined ? undefined : () => go(journeyAddress(next, { run: run.join(','), play: '1' }))}
      />
    </>
  );
}

/** A journey, and the spans of its trace; it shows a part of them where it is one request of a page load. */
type Held = { journey: Journey; all: readonly TraceSpan[] };

/** The journey of what has arrived; when more comes, what was chosen and where the play-head stood stay. */
function layOutTrace(
  held: Signal<Held | null>,
  traceId: string,
  { spans: all, data }: Extract<TraceState, { kind: 'loaded' }>,
  request: string | null,
): Journey {
  const before = held.peek();
  if (before?.all === all) return before.journey;
  const spans = request === null ? all : requestIn(all, request);
  const parameters = address.peek().searchParams;
  const journey = createJourney({ traceId, spans, data }, before?.journey.chosen.peek() ?? parameters.get('span'));
  const moment = before?.journey.head.peek() ?? Number(parameters.get('t') ?? 0);
  if (moment > 0) journey.head.value = Math.min(moment, journey.replay.length);
  if (!before && parameters.has('play')) {
    setTimeout(() => {
      setParameters({ play: null });
      journey.playing.value = true;
    });
  }
  held.value = { journey, all };
  return journey;
}

/** The spans of one request of a page load, as a trace of its own; all where there is no such request. */
function requestIn(spans: readonly TraceSpan[], id: string): readonly TraceSpan[] {
  const top = treeOf(spans).nodes.find(({ span }) => span.spanId === id);
  if (top === undefined) return spans;
  const found = [top];
  for (const { children } of found) found.push(...children);
  return found.map(({ span }) => (span === top.span ? { ...span, parentSpanId: null } : span));
}

function TraceMissing({ traceId, trace }: { traceId: string; trace: TraceState }) {
  if (trace.kind === 'loading' || trace.kind === 'loaded')
    return <Waiting says={texts.lookingForTheTrace} isView={!isBesideLesson()} />;
  if (trace.kind === 'unreachable') {
    return (
      <div class="notice">
        <h1 tabIndex={-1}>{texts.labDoesNotAnswer}</h1>
        <p>{trace.message}</p>
        <p class="quiet">{texts.triesAgain}</p>
      </div>
    );
  }
  return (
    <div class="notice">
      <h1 tabIndex={-1}>{texts.noSuchTrace}</h1>
      <p>
        {trace.kind === 'failed' ? trace.message : texts.noSpansOfTrace} <code>{traceId.slice(0, 80)}</code>
      </p>
      <ul>
        <li>{texts.sentAMomentAgo}</li>
        <li>{texts.everyAnswerNamesItsTrace}</li>
        <li>{texts.oldTracesAreRemoved('/')}</li>
      </ul>
    </div>
  );
}
