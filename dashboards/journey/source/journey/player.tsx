// Play, pause, step, speed and scrubber; and what happens at the play-head, in words. `onEnd`: the next visit may follow.

import { useComputed, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { Drawing } from '../frame/icons.tsx';
import { Select } from '../frame/select.tsx';
import { duration } from '../layout/axis.ts';
import { number } from '../texts/format.ts';
import { elapsed, type Journey, stepBy } from './state.ts';

const SPEEDS = [0.25, 0.5, 1, 2, 4].map((each) => [each, `${each}×`] as const);

export function Player({ journey, onEnd }: { journey: Journey; onEnd?: (() => void) | undefined }) {
  const { head, playing, speed, replay } = journey;
  useSignalEffect(() => (playing.value ? run(journey, onEnd) : undefined));
  useEffect(() => {
    return () => {
      playing.value = false;
    };
  }, [journey]);
  const time = useComputed(() => duration(elapsed(journey)));
  const percent = useComputed(
    () => `${number(Math.round((100 * head.value) / (replay.length || 1)))} %, ${time.value}`,
  );
  return (
    <section class="player" aria-label={texts.replay}>
      <Words journey={journey} />
      <div class="player-buttons">
        <button
          type="button"
          class="round"
          title={texts.stepBackHint}
          aria-label={texts.stepBack}
          onClick={() => stepBy(journey, -1)}
        >
          <Drawing icon="back" />
        </button>
        <PlayButton journey={journey} />
        <button
          type="button"
          class="round"
          title={texts.stepOnHint}
          aria-label={texts.stepOn}
          onClick={() => stepBy(journey, 1)}
        >
          <Drawing icon="next" />
        </button>
      </div>
      <input
        type="range"
        class="scrubber"
        aria-label={texts.momentOfTheJourney}
        aria-valuetext={percent}
        min={0}
        max={replay.length}
        step={0.01}
        value={head}
        onInput={({ currentTarget }) => {
          playing.value = false;
          head.value = currentTarget.valueAsNumber;
        }}
      />
      <output class="player-time" aria-live="off">
        {time}
      </output>
      <Select label={texts.speed} value={speed} options={SPEEDS} />
    </section>
  );
}

function PlayButton({ journey: { playing, head, replay } }: { journey: Journey }) {
  const isAtEnd = useComputed(() => head.value >= replay.length);
  const label = playing.value ? texts.pause : isAtEnd.value ? texts.playAgain : texts.play;
  return (
    <button
      type="button"
      class="round primary"
      title={texts.bySpace(label)}
      aria-label={label}
      onClick={() => togglePlay({ playing, head, replay })}
    >
      <Drawing icon={playing.value ? 'pause' : isAtEnd.value ? 'restart' : 'play'} />
    </button>
  );
}

/** Plays or pauses; at the end, from the beginning. */
export function togglePlay({ playing, head, replay }: Pick<Journey, 'playing' | 'head' | 'replay'>): void {
  if (!playing.peek() && head.peek() >= replay.length) head.value = 0;
  playing.value = !playing.peek();
}

/** Moves the play-head with every frame until the end; returns what stops it. */
function run({ head, playing, replay, speed }: Journey, onEnd?: () => void): () => void {
  let last = performance.now();
  let frame = requestAnimationFrame(function move(now) {
    head.value = Math.min(replay.length, head.peek() + Math.max(0, (now - last) / 1000) * speed.peek());
    last = now;
    if (head.peek() < replay.length) {
      frame = requestAnimationFrame(move);
      return;
    }
    playing.value = false;
    onEnd?.();
  });
  return () => cancelAnimationFrame(frame);
}

/** What happens at the play-head, in words. */
function Words({ journey }: { journey: Journey }) {
  const words = useComputed(() => {
    const id = journey.current.value;
    if (id === null) return texts.pressPlay;
    return journey.sentences.value.map(({ text }) => text).join(' ') || journey.byKey.get(id)?.span.name || '';
  });
  return (
    <p class="words" aria-live="polite">
      {words}
    </p>
  );
}
