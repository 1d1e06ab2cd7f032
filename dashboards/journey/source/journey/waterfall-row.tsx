// One row of the waterfall: tree lines, client and server, the bar with its events and its part of the critical path, the time.

import { type ReadonlySignal, useComputed } from '@preact/signals';
import { texts } from '#texts/waterfall.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { detailOf, receiverOf, short, titleOf } from '../../../../traces/titles.ts';
import type { SpanNode } from '../../../../traces/tree.ts';
import { ServiceSign, signOf } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { linesOf } from '../layout/rows.ts';
import { choose, type Journey } from './state.ts';
import { drawnAt, fold, ROW_HEIGHT, type WaterfallState } from './waterfall-state.ts';

const LEVELS = 10;
const EVENTS = 30;

type Props = {
  row: SpanNode;
  index: number;
  journey: Journey;
  state: WaterfallState;
  active: ReadonlySignal<string | null>;
};

export function WaterfallRow({ row, index, journey, state, active }: Props) {
  const { key, span, children, orphan } = row;
  const isActive = useComputed(() => active.value === key);
  const isClosed = useComputed(() => state.collapsed.value.has(key));
  const names = useComputed(() =>
    [
      'wrow',
      serviceClass(signOf(span)),
      span.error !== null && 'failed',
      journey.chosen.value === key && 'chosen',
      journey.current.value === key && 'current',
      state.found.value !== null && (state.found.value.has(key) ? 'found' : 'dimmed'),
    ]
      .filter(Boolean)
      .join(' '),
  );
  const title = titleOf(row.span, receiverOf(row));
  const detail = short(detailOf(row.span), 80);
  const fails = span.error === null ? '' : `, ${texts.failed(span.error)}`;
  return (
    <div
      class={names}
      id={`row-${key}`}
      role="row"
      aria-level={row.depth + 1}
      aria-rowindex={index + 1}
      aria-selected={isActive.value && journey.chosen.value !== null}
      aria-expanded={children.length > 0 ? !isClosed.value : undefined}
      tabIndex={isActive.value ? 0 : -1}
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
      onClick={() => choose(journey, row)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') choose(journey, row);
      }}
    >
      <div class="wname" role="gridcell">
        <TreeLines row={row} />
        {children.length > 0 ? (
          <button
            type="button"
            class={`twist ${isClosed.value ? 'closed' : ''}`}
            tabIndex={-1}
            aria-label={isClosed.value ? texts.showBelow(children.length) : texts.hideBelow}
            onClick={(event) => {
              event.stopPropagation();
              fold(state.collapsed, key);
            }}
          />
        ) : (
          <i class="leaf" />
        )}
        <ServiceSign service={signOf(span)} />
        <span class="wtitle" title={`${span.service}: ${span.name}`}>
          <bdi>{title}</bdi>
          {isClosed.value && <small> +{children.length}</small>}
        </span>
        {detail && (
          <small class="wdetail">
            <bdi>{detail}</bdi>
          </small>
        )}
        {orphan && <small class="tag">{texts.parentMissing}</small>}
      </div>
      <div
        class="wtrack"
        role="gridcell"
        aria-label={`${texts.beginsAt(duration(span.start - journey.tree.start))}${fails}`}
      >
        <Bar row={row} journey={journey} state={state} />
      </div>
      <div class="wms" role="gridcell">
        {span.error !== null && (
          <span class="cross" aria-hidden="true">
            ✗
          </span>
        )}
        {duration(span.duration)}
      </div>
    </div>
  );
}

function TreeLines({ row }: { row: SpanNode }) {
  const lines = linesOf(row, LEVELS);
  const hidden = row.depth - lines.length;
  return (
    <span class="lines" aria-hidden="true">
      {hidden > 0 && <small class="deeper">{hidden}</small>}
      {lines.map((follows, level) => (
        <i key={level} class={`${follows ? 'follows' : ''} ${level === lines.length - 1 ? 'turn' : ''}`} />
      ))}
    </span>
  );
}

function Bar({ row: { key, span }, journey, state }: { row: SpanNode; journey: Journey; state: WaterfallState }) {
  const [from, to] = state.range.value;
  const scale = 100 / (to - from || 1);
  const at = (time: number) => (drawnAt(journey, state, time - journey.tree.start) - from) * scale;
  const [left, right] = [Math.max(0, at(span.start)), Math.min(100, at(span.start + span.duration))];
  if (right < 0 || left > 100) return <i class={`elsewhere ${right < 0 ? 'before' : 'behind'}`} />;
  const isLeftHalf = left + right < 100;
  const inside = span.events.filter(({ time }) => at(time) >= 0 && at(time) <= 100).slice(0, EVENTS);
  return (
    <>
      <i
        class="bar"
        style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }}
        data-side={isLeftHalf ? 'left' : 'right'}
      />
      {(journey.critical.get(key) ?? []).map((stretch) => {
        const [a, b] = [Math.max(0, at(stretch.from)), Math.min(100, at(stretch.to))];
        return b > a && <i key={stretch.from} class="critical" style={{ left: `${a}%`, width: `${b - a}%` }} />;
      })}
      {inside.map(({ name, time }, index) => (
        <i
          key={index}
          class="event"
          style={{ left: `${at(time)}%` }}
          title={texts.eventAt(name, duration(time - journey.tree.start))}
        />
      ))}
    </>
  );
}
