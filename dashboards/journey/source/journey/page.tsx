// One journey: the trace is fetched, fills in while it arrives, and says what is wrong when it does not.

import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { address, go, isBesideLesson, journeyAddress, setParameters } from '../address.ts';
import { Checklist } from '../checklist/checklist.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { type Arriving, followTrace } from './arriving.ts';
import { RunBar } from './run-bar.tsx';
import { createJourney, type Journey } from './state.ts';
import { Journeying } from './view.tsx';

export function JourneyPage({ traceId }: { traceId: string }) {
  const arriving = useSignal<Arriving>({ kind: 'looking' });
  useEffect(() => followTrace(traceId, (now) => (arriving.value = now)), [traceId]);
  const held = useMemo(() => signal<Journey | null>(null), [traceId]);
  const journey = useComputed(() => {
    const now = arriving.value;
    return now.kind === 'here' ? laidOut(held, traceId, now) : null;
  });
  const run = (address.value.searchParams.get('run') ?? '').split(',').filter(Boolean);
  const next = run[run.indexOf(traceId) + 1];
  const now = arriving.value;
  if (now.kind !== 'here' || !journey.value) return <NotHere traceId={traceId} arriving={now} />;
  return (
    <>
      {run.length > 1 && <RunBar run={run} traceId={traceId} />}
      <Checklist journey={journey.value} run={run} />
      <Journeying
        journey={journey.value}
        isComplete={now.isComplete}
        onEnd={next === undefined ? undefined : () => go(journeyAddress(next, { run: run.join(','), play: '1' }))}
      />
    </>
  );
}

/** The journey of what has arrived; when more comes, what was chosen and where the play-head stood stay. */
function laidOut(
  held: Signal<Journey | null>,
  traceId: string,
  { spans, data }: Extract<Arriving, { kind: 'here' }>,
): Journey {
  const before = held.peek();
  if (before?.spans === spans) return before;
  const parameters = address.peek().searchParams;
  const journey = createJourney({ traceId, spans, data }, before?.chosen.peek() ?? parameters.get('span'));
  if (before) journey.head.value = Math.min(before.head.peek(), journey.replay.length);
  else if (parameters.has('play')) {
    setTimeout(() => {
      setParameters({ play: null });
      journey.playing.value = true;
    });
  }
  held.value = journey;
  return journey;
}

function NotHere({ traceId, arriving }: { traceId: string; arriving: Arriving }) {
  if (arriving.kind === 'looking' || arriving.kind === 'here')
    return <Waiting says="Looking for the trace" isView={!isBesideLesson()} />;
  if (arriving.kind === 'away') {
    return (
      <div class="notice">
        <h1 tabIndex={-1}>The lab does not answer</h1>
        <p>{arriving.message}</p>
        <p class="quiet">This page tries again every two seconds, and shows the trace as soon as it can.</p>
      </div>
    );
  }
  return (
    <div class="notice">
      <h1 tabIndex={-1}>No such trace</h1>
      <p>
        {arriving.kind === 'wrong' ? arriving.message : 'There are no spans of the trace'}{' '}
        <code>{traceId.slice(0, 80)}</code>
      </p>
      <ul>
        <li>Sent a moment ago? It takes half a second to arrive. This page keeps looking, and shows it then.</li>
        <li>
          Every answer of the sites names its trace: in the header <code>traceresponse</code> (<code>curl -i</code>{' '}
          shows it), and a link at the foot of each page.
        </li>
        <li>
          Old traces are removed when the store is full. The recent ones are on the <a href="/">home page</a>.
        </li>
      </ul>
    </div>
  );
}
