// The journey in sentences, each tied to its span.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Sentence } from '../../../../traces/story.ts';
import type { SpanNode } from '../../../../traces/tree.ts';
import { Explained, wordsIn } from '../frame/glossary.tsx';
import { ServiceSign, signOf } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { choose, type Journey } from './state.ts';

const MOST = 500;

export function StoryView({ journey }: { journey: Journey }) {
  const { story, byKey } = journey;
  // Each word explains itself where it stands first.
  const known = useMemo(() => {
    const seen = new Set<string>();
    return story.map(({ text }) => {
      const before = new Set(seen);
      for (const word of wordsIn(text)) seen.add(word);
      return before;
    });
  }, [story]);
  if (story.length === 0)
    return <p class="quiet">No span of this trace is the lab's own, so there is no story to tell.</p>;
  return (
    <ol class="story">
      {story.slice(0, MOST).map((sentence, index) => {
        const row = byKey.get(sentence.spanId);
        return (
          row && <Told key={index} sentence={sentence} row={row} journey={journey} known={known[index] ?? new Set()} />
        );
      })}
    </ol>
  );
}

type ToldProps = { sentence: Sentence; row: SpanNode; journey: Journey; known: ReadonlySet<string> };

function Told({ sentence, row, journey, known }: ToldProps) {
  const { span } = row;
  const names = useComputed(
    () =>
      `${journey.chosen.value === row.key ? 'chosen' : ''} ${journey.current.value === row.key ? 'current' : ''} ${span.error === null ? '' : 'failed'}`,
  );
  const time = sentence.time - journey.tree.start;
  return (
    <li class={names}>
      <button
        type="button"
        class="story-time"
        onClick={() => choose(journey, row)}
        aria-label={`${duration(time)}: choose ${span.name}`}
      >
        <ServiceSign service={signOf(span)} />
        {duration(time)}
      </button>
      <p>
        <Explained text={sentence.text} but={known} />
      </p>
    </li>
  );
}
