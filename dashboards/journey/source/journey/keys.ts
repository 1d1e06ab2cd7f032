// The keys of a journey: space plays, arrows step, and the rest is listed in the sheet that `?` opens.

import { setParameters } from '../address.ts';
import { togglePlay } from './player.tsx';
import { choose, type Journey, stepBy } from './state.ts';

/** Has the keyboard drive `journey`; returns what ends it. */
export function journeyKeys(journey: Journey): () => void {
  const actions: Record<string, () => void> = {
    ' ': () => togglePlay(journey),
    ArrowRight: () => stepBy(journey, 1),
    ArrowLeft: () => stepBy(journey, -1),
    Home: () => {
      journey.head.value = 0;
    },
    End: () => {
      journey.head.value = journey.replay.length;
    },
    '+': () => {
      journey.speed.value = Math.min(4, journey.speed.peek() * 2);
    },
    '-': () => {
      journey.speed.value = Math.max(0.25, journey.speed.peek() / 2);
    },
    Escape: () => choose(journey, null),
    1: () => setParameters({ view: null }),
    2: () => setParameters({ view: 'sequence' }),
    3: () => setParameters({ view: 'story' }),
    '/': () => {
      setParameters({ view: null });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.search input')?.focus());
    },
    e: () => {
      const failed = journey.tree.nodes.filter(({ span }) => span.error !== null);
      const next = failed[(failed.findIndex(({ key }) => key === journey.chosen.peek()) + 1) % failed.length];
      if (next) choose(journey, next);
    },
  };
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const isField = target instanceof HTMLElement && target.closest('input, select, textarea, [role=tab], dialog');
    const isButton = target instanceof Element && target.closest('button, a, summary, [role=button]');
    if (isField || (isButton && (event.key === ' ' || event.key === 'Enter'))) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}
