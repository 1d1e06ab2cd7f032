// The map, drawn as SVG: places, roads, and the letter. Places that were not visited are grey; one where something failed says so.
// What it shows stands as a list beside it for those who do not see it.

import { useComputed } from '@preact/signals';
import { tracedServices } from '../../../../otel/contract/services.ts';
import type { Point, Shape } from '../../../../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../../../../otel/contract/stops.ts';
import { letterAt } from '../../../../traces/map/replay.ts';
import { ROADS, roadPoints, SIZE, WORKER_FRAME } from '../../../../traces/map/roads.ts';
import { mapKindOf } from '../../../../traces/map/visited.ts';
import { timeOf } from '../../../../traces/self-time.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { short } from '../../../../traces/titles.ts';
import { iconPath } from '../frame/icons.tsx';
import { isNarrow, wantsStillness } from '../frame/screen.ts';
import { roleOf } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { MapNotes } from './map-notes.tsx';
import { choose, type Journey } from './state.ts';

/** Roads that are drawn only when somebody went there. */
const RARE = new Set([
  'you mailbox',
  'clerks database',
  'clerks template',
  'worker template',
  'permission database',
  'corner lighthouse',
  'lighthouse harbour',
]);

/** What is said of a stop where it went wrong. */
const MARKS = { refused: ' The request was turned down here.', failed: ' Something failed here.' } as const;

export function JourneyMap({ journey, label = 'Map of the journey' }: { journey: Journey; label?: string }) {
  const shape: Shape = isNarrow.value ? 'tall' : 'wide';
  const { visited } = journey;
  const world = mapKindOf(journey.tree);
  const [width, height] = SIZE[world][shape];
  const isHere = (id: StopId) => MAP_STOPS[id].map === world;
  return (
    <figure class={`map map-${shape}`}>
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={label}>
        {world === 'visit' && <WorkerFrame journey={journey} shape={shape} />}
        {ROADS.filter(([a]) => isHere(a)).map(([a, b]) => {
          const isTravelled = visited.roads.has(`${a} ${b}`);
          if (!isTravelled && RARE.has(`${a} ${b}`)) return null;
          return (
            <polyline
              key={`${a} ${b}`}
              class={isTravelled ? 'road travelled' : 'road'}
              points={roadPoints(a, b, shape)
                .map((point) => point.join(','))
                .join(' ')}
            />
          );
        })}
        <MapNotes journey={journey} shape={shape} />
        {(Object.keys(MAP_STOPS) as StopId[]).filter(isHere).map((id) => (
          <MapPlace key={id} id={id} journey={journey} shape={shape} />
        ))}
        <Letter journey={journey} shape={shape} />
      </svg>
      <MapInWords journey={journey} />
    </figure>
  );
}

function MapPlace({ id, journey, shape }: { id: StopId; journey: Journey; shape: Shape }) {
  const { icon, service, says } = MAP_STOPS[id];
  const label = placeLabel(id, journey) ?? MAP_STOPS[id].label;
  const [x, y]: Point = MAP_STOPS[id][shape];
  const rows = journey.visited.stops.get(id) ?? [];
  const [first] = rows;
  const mark = journey.visited.marks.get(id);
  const isChosen = useComputed(() => rows.some(({ key }) => key === journey.chosen.value));
  const isCurrent = useComputed(() => journey.head.value > 0 && journey.step.value?.stop === id);
  const names = useComputed(() =>
    [
      'place',
      serviceClass(service),
      first ? 'visited' : 'unvisited',
      mark,
      isChosen.value && 'chosen',
      isCurrent.value && 'current',
    ]
      .filter(Boolean)
      .join(' '),
  );
  const words = first ? `${says}${mark === undefined ? '' : MARKS[mark]}` : `${says} Not visited by this letter.`;
  const pick = () =>
    first &&
    choose(journey, rows[(rows.findIndex(({ key }) => key === journey.chosen.peek()) + 1) % rows.length] ?? first);
  return (
    <g
      class={names}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={first ? 0 : -1}
      aria-disabled={first ? undefined : true}
      aria-label={`${label.trim()}: ${words}`}
      onClick={pick}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        pick();
      }}
    >
      <title>{`${label.trim()}: ${words}`}</title>
      <circle class="place-field" r="21" />
      <g transform="translate(-12 -12)">
        <path class="place-icon" d={iconPath(icon)} />
      </g>
      {mark && (
        <g class="place-failed" transform="translate(16 -16)">
          <circle r="8" />
          <path d="M-3 -3L3 3M3 -3L-3 3" />
        </g>
      )}
      <text class="place-label" y="36">
        {label}
      </text>
    </g>
  );
}

/** Names that the trace knows better: which domain, which worker. */
function placeLabel(id: StopId, { visited }: Journey): string | undefined {
  const [span] = (visited.stops.get(id) ?? []).map((row) => row.span);
  if (span === undefined) return undefined;
  if (id === 'domain') return short(String(span.attributes['waybill.dns.zone'] ?? 'domain'), 16);
  if (id === 'worker' && !tracedServices.has(span.service)) return short(span.service, 14);
  if (id === 'worker')
    return short(String(visited.stops.get(id)?.at(-1)?.span.resource['service.instance.id'] ?? 'worker'), 14);
  return undefined;
}

function WorkerFrame({ journey, shape }: { journey: Journey; shape: Shape }) {
  const [x, y, width, height] = WORKER_FRAME[shape];
  const [worker] = journey.visited.stops.get('worker') ?? [];
  const isVisited = worker !== undefined;
  const isOthers = isVisited && !tracedServices.has(worker.span.service);
  return (
    <g class={isVisited ? 'frame visited' : 'frame'} aria-hidden="true">
      <rect x={x} y={y} width={width} height={height} rx="14" />
      <text x={x + 12} y={y + 18}>
        {isOthers ? '' : roleOf('app')}
      </text>
    </g>
  );
}

function Letter({ journey, shape }: { journey: Journey; shape: Shape }) {
  const place = useComputed(() => {
    const { replay, head, step } = journey;
    // Who wants no movement sees the letter where it arrives.
    const arrived = (step.value?.at ?? 0) + (step.value?.length ?? 0) * 0.999;
    const [x, y] = letterAt(replay, wantsStillness.value ? arrived : head.value, shape);
    return `translate(${x.toFixed(1)} ${(y - 25).toFixed(1)})`;
  });
  return (
    <g class="letter" transform={place} aria-hidden="true">
      <rect x="-15" y="-10" width="30" height="20" rx="2.500" />
      <path d="M-14 -8.500L0 2.500L14 -8.500" />
      <circle cx="9.500" cy="5" r="2.500" />
    </g>
  );
}

function MapInWords({ journey: { visited } }: { journey: Journey }) {
  return (
    <figcaption class="hidden-label">
      Visited:{' '}
      {[...visited.stops]
        .map(([id, rows]) => {
          const time = duration(timeOf(rows.map(({ span }) => span)));
          return `${MAP_STOPS[id].label.trim()} (${rows.length === 1 ? '' : `${rows.length} times, `}${time}${visited.marks.has(id) ? `, ${visited.marks.get(id)}` : ''})`;
        })
        .join('; ')}
      .
    </figcaption>
  );
}
