// One journey: the trace is fetched, fills in while it arrives, and the page shows what is wrong when it does not.

import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
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
  const held = useMemo(() => signal<Journey | null>(null), [traceId]);
  const journey = useComputed(() => {
    const now = trace.value;
    return now.kind === 'loaded' ? layOutTrace(held, traceId, now) : null;
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

/** The journey of what has arrived; when more comes, what was chosen and where the play-head stood stay. */
function layOutTrace(
  held: Signal<Journey | null>,
  traceId: string,
  { spans, data }: Extract<TraceState, { kind: 'loaded' }>,
): Journey {
  const before = held.peek();
  if (before?.spans === spans) return before;
  const parameters = address.peek().searchParams;
  const journey = createJourney({ traceId, spans, data }, before?.chosen.peek() ?? parameters.get('span'));
  const moment = before?.head.peek() ?? Number(parameters.get('t') ?? 0);
  if (moment > 0) journey.head.value = Math.min(moment, journey.replay.length);
  if (!before && parameters.has('play')) {
    setTimeout(() => {
      setParameters({ play: null });
      journey.playing.value = true;
    });
  }
  held.value = journey;
  return journey;
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
