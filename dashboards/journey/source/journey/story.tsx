// The journey in sentences, each tied to its span.

import { effect, useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { toneOf } from '../../../../traces/map/tone.ts';
import type { Sentence } from '../../../../traces/story.ts';
import { Explained, wordsIn } from '../frame/glossary.tsx';
import { ServiceSign, signOf } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { choose, type Journey } from './state.ts';

const MAX_SENTENCES = 500;

export function StoryView({ journey }: { journey: Journey }) {
  const { story } = journey;
  // Each word explains itself where it stands first.
  const known = useMemo(() => {
    const seen = new Set<string>();
    return story.map(({ text }) => {
      const before = new Set(seen);
      for (const word of wordsIn(text)) seen.add(word);
      return before;
    });
  }, [story]);
  if (story.length === 0) return <p class="quiet">{texts.noStory}</p>;
  return (
    <ol class="story">
      {story.slice(0, MAX_SENTENCES).map((sentence, index) => (
        <StorySentence key={index} sentence={sentence} journey={journey} known={known[index] ?? new Set()} />
      ))}
    </ol>
  );
}

/** The same beside the map: the current sentence stays in sight. */
export function RunningStory({ journey }: { journey: Journey }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const index = journey.story.indexOf(journey.sentences.value.at(-1) as Sentence);
        const list = box.current;
        const line = list?.querySelectorAll('li')[Math.max(0, index)];
        if (list && line) list.scrollTop = line.offsetTop - list.clientHeight / 3;
      }),
    [journey],
  );
  return (
    <div class="running" ref={box}>
      <StoryView journey={journey} />
    </div>
  );
}

type SentenceProps = { sentence: Sentence; journey: Journey; known: ReadonlySet<string> };

function StorySentence({ sentence, journey, known }: SentenceProps) {
  const { key, span, children } = sentence.node;
  const tellsEnd = sentence.isEnd || children.length === 0;
  const outcome = toneOf(sentence) ?? (span.error !== null && tellsEnd ? 'failed' : '');
  const names = useComputed(
    () =>
      `${journey.chosen.value === key ? 'chosen' : ''} ${journey.sentences.value.includes(sentence) ? 'current' : ''} ${outcome}`,
  );
  const time = sentence.time - journey.tree.start;
  return (
    <li class={names}>
      <button
        type="button"
        class="story-time"
        onClick={() => choose(journey, sentence.node, sentence.time)}
        aria-label={texts.chooseSpan(duration(time), span.name)}
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
