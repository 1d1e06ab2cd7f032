// The table that is drawn at the head of worker-states.ts is the table that is used.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Event, type State, transition } from './worker-states.ts';

const text = readFileSync(new URL('./worker-states.ts', import.meta.url), 'utf8');
const rows = text.split('\n').filter((line) => /^\/\/ {3,}\w+ {2}/.test(line));
const [head = '', ...drawn] = rows;
const columns = [...head.matchAll(/\w+/g)].map(({ 0: event, index }) => ({ event: event as Event, index }));

test.each(drawn.map((row) => [row.slice(5).split(' ', 1)[0] as State, row] as const))('the row of %s', (state, row) => {
  for (const [at, { event, index }] of columns.entries()) {
    const cell = row.slice(index, columns[at + 1]?.index).trim();
    const next = transition(state, event);
    expect(next ? next.state + (next.checkNow ? '*' : '') : '', `${state} × ${event}`).toBe(cell);
  }
});
