// Two traces laid over each other: stations aligned as `npm run compare` does, differences in ms and as bars, two replays in step.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/compare.tsx';
import { go } from '../address.ts';
import { Waiting } from '../frame/waiting.tsx';
import { followTrace, type TraceState } from '../journey/follow-trace.ts';
import { Chooser } from './chooser.tsx';
import { SideBySide } from './side-by-side.tsx';

/** `pair` is `a...b`; with one of them, or none, the other can be chosen. */
export function Compare({ pair }: { pair: string }) {
  const [a = '', b = ''] = pair.split('...');
  useEffect(() => {
    document.title = texts.twoJourneysTitle;
  }, []);
  if (!a || !b) return <Chooser first={a || b} />;
  return <Pair key={pair} a={a} b={b} />;
}

function Pair({ a, b }: { a: string; b: string }) {
  const left = useSignal<TraceState>({ kind: 'loading' });
  const right = useSignal<TraceState>({ kind: 'loading' });
  useEffect(() => {
    const ends = [
      followTrace(a, (now) => {
        left.value = now;
      }),
      followTrace(b, (now) => {
        right.value = now;
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [a, b]);
  const both = [left.value, right.value] as const;
  const missing = both.findIndex(({ kind }) => kind !== 'loaded');
  const [nowA, nowB] = both;
  if (nowA.kind === 'loaded' && nowB.kind === 'loaded') {
    return (
      <SideBySide a={{ ...nowA, traceId: a }} b={{ ...nowB, traceId: b }} onSwap={() => go(`/compare/${b}...${a}`)} />
    );
  }
  const problem = both[missing];
  if (problem?.kind === 'unreachable' || problem?.kind === 'failed') return <p class="card-error">{problem.message}</p>;
  if (problem?.kind === 'unknown') {
    return (
      <div class="notice">
        <h1 tabIndex={-1}>{texts.oneNotFound}</h1>
        <p>
          {texts.noSpansOf(missing === 0 ? a : b)} <a href="/compare">{texts.chooseOthers}</a>
        </p>
      </div>
    );
  }
  return <Waiting says={texts.lookingForBothTraces} />;
}
