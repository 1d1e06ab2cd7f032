// What the screen is like, as signals: in front or hidden, narrow or wide, and whether movement is wanted.

import { type ReadonlySignal, signal } from '@preact/signals';

function matches(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const is = signal(list.matches);
  list.addEventListener('change', ({ matches }) => {
    is.value = matches;
  });
  return is;
}

/** Whether the tab is in front. */
export const isVisible = signal(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => {
  isVisible.value = document.visibilityState === 'visible';
});

/** Calls `act` every `ms` ms while the tab is in front; returns a function that ends it. */
export function whileVisible(act: () => Promise<void>, ms: number): () => void {
  const timer = setInterval(() => {
    if (isVisible.peek()) void act();
  }, ms);
  return () => clearInterval(timer);
}

export const isNarrow = matches('(max-width: 720px)');
export const isMedium = matches('(max-width: 1000px)');
export const wantsStillness = matches('(prefers-reduced-motion: reduce)');
/** Whether a lesson's journey stands below its text, not beside it. */
export const isStacked = matches('(max-width: 1099px)');
