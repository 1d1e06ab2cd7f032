// The waterfall: the spans with their start and duration, as a tree grid. Only the rows that are seen are drawn, so that ten thousand
// spans scroll as smoothly as ten.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { texts } from '#texts/waterfall.ts';
import { realTime } from '../../../../traces/map/replay.ts';
import { isNarrow } from '../frame/screen.ts';
import { duration, ticks } from '../layout/axis.ts';
import { choose, type Journey } from './state.ts';
import { WaterfallRow } from './waterfall-row.tsx';
import { createWaterfallState, drawnAt, fold, ROW_HEIGHT, type WaterfallState, zoom } from './waterfall-state.ts';
import { WaterfallTools } from './waterfall-tools.tsx';

const OVERSCAN_ROWS = 4;
/** Up to here the grid is as high as its rows; beyond, it scrolls by itself. */
const MAX_GRID_ROWS = 40;
/** How many rows of it are in sight at most: it is 70vh high. */
const ROWS_IN_SIGHT = Math.ceil((0.7 * screen.height) / ROW_HEIGHT);

export function Waterfall({ journey }: { journey: Journey }) {
  const state = useMemo(() => createWaterfallState(journey), [journey]);
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const { rows } = state;
  const isTall = rows.value.length > MAX_GRID_ROWS;
  const atTop = Math.floor(top.value / ROW_HEIGHT);
  const first = isTall ? Math.max(0, atTop - OVERSCAN_ROWS) : 0;
  const seen = rows.value.slice(first, isTall ? atTop + ROWS_IN_SIGHT + OVERSCAN_ROWS : undefined);
  const active = useComputed(() => journey.chosen.value ?? rows.value[0]?.key ?? null);

  useSignalEffect(() => {
    const key = journey.chosen.value ?? journey.current.value;
    const index = key === null ? -1 : rows.peek().findIndex((row) => row.key === key);
    const box = scroller.current;
    if (index === -1 || !box || rows.peek().length <= MAX_GRID_ROWS) return;
    const y = index * ROW_HEIGHT;
    if (y < box.scrollTop || y > box.scrollTop + box.clientHeight - 2 * ROW_HEIGHT)
      box.scrollTop = y - box.clientHeight / 3;
  });

  return (
    <div class="waterfall">
      <WaterfallTools journey={journey} state={state} />
      <Axis journey={journey} state={state} />
      <div
        class={`waterfall-rows ${isTall ? 'scrolls' : ''}`}
        ref={scroller}
        role="treegrid"
        aria-label={texts.waterfallOfSpans}
        aria-rowcount={rows.value.length}
        aria-colcount={3}
        tabIndex={isTall ? -1 : undefined}
        onScroll={({ currentTarget }) => {
          top.value = currentTarget.scrollTop;
        }}
        onKeyDown={(event) => moveByKey(event, journey, state)}
      >
        <div class="waterfall-space" style={{ height: `${rows.value.length * ROW_HEIGHT}px` }} role="rowgroup">
          {seen.map((row, index) => (
            <WaterfallRow
              key={row.key}
              row={row}
              index={first + index}
              journey={journey}
              state={state}
              active={active}
            />
          ))}
        </div>
        <Head journey={journey} state={state} />
      </div>
      {rows.value.length === 0 && <p class="quiet">{texts.noMatch}</p>}
    </div>
  );
}

/** The axis; a wheel turned with Ctrl zooms where it stands. */
function Axis({ journey, state }: { journey: Journey; state: WaterfallState }) {
  const { range, magnified } = state;
  const [from, to] = range.value;
  const partOf = (ms: number) => (drawnAt(journey, state, ms) - from) / (to - from || 1);
  const total = journey.tree.end - journey.tree.start;
  // Magnified, round times do not lie at even distances: of those too close to the one before, none is written.
  let last = -1;
  const shown = (magnified.value ? ticks(0, total, 40) : ticks(from, to, isNarrow.value ? 2 : 6)).filter((tick) => {
    const part = partOf(tick);
    if (part < 0 || part > 1 || (magnified.value && part - last < 0.12)) return false;
    last = part;
    return true;
  });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { left, width } = (box.current as HTMLElement).getBoundingClientRect();
      zoom(journey, range, event.deltaY < 0 ? 0.8 : 1.25, (event.clientX - left) / width);
    };
    box.current?.addEventListener('wheel', turn, { passive: false });
    return () => box.current?.removeEventListener('wheel', turn);
  }, [journey]);
  return (
    <div class="axis-line" aria-hidden="true">
      <span class="axis-name">{texts.whoAsksWhom}</span>
      <div class="axis" ref={box}>
        {shown.map((tick) => (
          <span key={tick} class="tick" style={{ left: `${100 * partOf(tick)}%` }}>
            {tick === 0 ? '0' : duration(tick)}
          </span>
        ))}
      </div>
      <span class="axis-ms">{texts.took}</span>
    </div>
  );
}

function Head({ journey, state }: { journey: Journey; state: WaterfallState }) {
  const line = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const [from, to] = state.range.value;
    const head = journey.head.value;
    const now = drawnAt(journey, state, realTime(journey.replay, head) - journey.tree.start);
    const part = (now - from) / (to - from || 1);
    if (!line.current) return;
    line.current.hidden = head === 0 || part < 0 || part > 1;
    line.current.style.setProperty('--part', String(part));
  });
  return <div class="head-line" ref={line} hidden aria-hidden="true" />;
}

function moveByKey(event: KeyboardEvent, journey: Journey, { rows, collapsed }: WaterfallState): void {
  const list = rows.peek();
  const index = Math.max(
    0,
    list.findIndex(({ key }) => key === journey.chosen.peek()),
  );
  const row = list[index];
  const target = {
    ArrowDown: list[Math.min(index + 1, list.length - 1)],
    ArrowUp: list[Math.max(index - 1, 0)],
    Home: list[0],
    End: list.at(-1),
    PageDown: list[Math.min(index + 10, list.length - 1)],
    PageUp: list[Math.max(index - 10, 0)],
  }[event.key];
  if (target) {
    choose(journey, target);
    focusRow(target.key);
  } else if (row && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
    const isClosed = collapsed.peek().has(row.key);
    const wantsOpen = event.key === 'ArrowRight';
    if (row.children.length > 0 && isClosed === wantsOpen) fold(collapsed, row.key);
    else {
      const other = wantsOpen ? row.children[0] : row.parent;
      if (other) {
        choose(journey, other);
        focusRow(other.key);
      }
    }
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** At once where the row is drawn, so that the next key is already its; else when it has been. */
function focusRow(key: string): void {
  const focus = () => {
    const row = document.getElementById(`row-${key}`);
    row?.focus();
    return row !== null;
  };
  if (!focus()) requestAnimationFrame(focus);
}
