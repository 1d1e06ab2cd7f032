// The map, drawn as SVG: stops, roads, and the envelope. Stops that were not visited are grey; one where something failed has a mark.
// A list beside it has the same for screen readers.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/journey.tsx';
import { tracedServices } from '../../../../otel/contract/services.ts';
import type { Point, Shape } from '../../../../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../../../../otel/contract/stops.ts';
import { foreignName } from '../../../../traces/foreign-story.ts';
import { pointAt } from '../../../../traces/map/replay.ts';
import { ROADS, roadPoints, SIZE, WORKER_FRAME } from '../../../../traces/map/roads.ts';
import { type Tone, toneOf } from '../../../../traces/map/tone.ts';
import { mapKindOf } from '../../../../traces/map/visited.ts';
import { timeOf } from '../../../../traces/self-time.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { short } from '../../../../traces/titles.ts';
import { iconPath } from '../frame/icons.tsx';
import { pressed } from '../frame/pressed.ts';
import { isNarrow, wantsStillness } from '../frame/screen.ts';
import { roleOf } from '../frame/services.tsx';
import { duration } from '../layout/axis.ts';
import { requestSpan } from './http-message.tsx';
import { MapNotes } from './map-notes.tsx';
import { choose, type Journey } from './state.ts';

/** Roads that are drawn only when they were taken. */
const RARE = new Set([
  'you mailbox',
  'middleware database',
  'middleware template',
  'worker template',
  'worker database',
  'worker remote',
  'view remote',
  'remote database',
  'permission database',
  'corner lighthouse',
  'lighthouse harbour',
]);

/** Stops whose roads leave downwards: their labels stand above them. */
const ABOVE: ReadonlySet<StopId> = new Set(['resolver', 'rules', 'queue', 'urls', 'template']);

/** A narrow map has no room for the terms of these. */
const NAME_SERVERS: ReadonlySet<StopId> = new Set(['root', 'test', 'domain']);

/** The sentence added to a stop where the request failed. */
const MARKS = { refused: texts.refusedHere, failed: texts.failedHere } as const;

type MapProps = {
  journey: Journey;
  label?: string;
  /** Whether a click on the envelope opens the request or response. */
  opensMessage?: boolean;
};

export function JourneyMap({ journey, label = texts.mapOfTheJourney, opensMessage = false }: MapProps) {
  const shape: Shape = isNarrow.value ? 'tall' : 'wide';
  const { visited } = journey;
  const world = mapKindOf(journey.tree);
  const [width, height] = SIZE[world][shape];
  // The lab calls no other programs: their stop is drawn where a trace has been to it.
  const isOnMap = (id: StopId) => MAP_STOPS[id].map === world && (id !== 'remote' || visited.stops.has(id));
  return (
    <figure class={`map map-${shape}`}>
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={label}>
        {world === 'visit' && <WorkerFrame journey={journey} shape={shape} />}
        {ROADS.filter((road) => road.every(isOnMap)).map(([a, b]) => {
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
        {(Object.keys(MAP_STOPS) as StopId[]).filter(isOnMap).map((id) => (
          <MapPlace key={id} id={id} journey={journey} shape={shape} />
        ))}
        <Envelope journey={journey} shape={shape} opensMessage={opensMessage} />
      </svg>
      <MapInWords journey={journey} />
    </figure>
  );
}

function MapPlace({ id, journey, shape }: { id: StopId; journey: Journey; shape: Shape }) {
  const { icon, service } = MAP_STOPS[id];
  const { label, term, says } = { ...MAP_STOPS[id], ...placeLabel(id, journey) };
  const [x, y]: Point = MAP_STOPS[id][shape];
  const rows = journey.visited.stops.get(id) ?? [];
  const [first] = rows;
  const hasTerm = term !== '' && !(shape === 'tall' && NAME_SERVERS.has(id));
  const isAbove = shape === 'wide' && ABOVE.has(id);
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
  const name = term ? `${label} ${term}` : label;
  const words = first ? (mark === undefined ? says : `${says} ${MARKS[mark]}`) : `${says} ${texts.notHere}`;
  const pick = () =>
    first &&
    choose(journey, rows[(rows.findIndex(({ key }) => key === journey.chosen.peek()) + 1) % rows.length] ?? first);
  return (
    <g
      class={names}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={first ? 0 : undefined}
      aria-disabled={first ? undefined : true}
      aria-label={`${name}: ${words}`}
      onClick={pick}
      onKeyDown={(event) => pressed(event, pick)}
    >
      <title>{`${name}: ${words}`}</title>
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
      <text class="place-label" y={isAbove ? (hasTerm ? -42 : -30) : 38}>
        {label}{' '}
      </text>
      {hasTerm && (
        <text class="place-term" y={isAbove ? -29 : 51}>
          {term}
        </text>
      )}
    </g>
  );
}

/** Labels that the trace makes more precise: which domain, which worker. */
function placeLabel(id: StopId, { visited }: Journey): { label: string; term?: string; says?: string } | undefined {
  const rows = visited.stops.get(id) ?? [];
  const span = rows[0]?.span;
  if (span === undefined) return undefined;
  if (id === 'remote') {
    const names = [...new Set(rows.map((row) => foreignName(row)))];
    return { label: short(String(names[0]), 16), term: names.length > 1 ? texts.andMore(names.length - 1) : '' };
  }
  if (id === 'domain') return { label: short(String(span.attributes['waybill.dns.zone'] ?? 'domain'), 16) };
  if (id === 'worker' && span.service !== 'app') {
    const isNamed = !tracedServices.has(span.service);
    const says = texts.yourAppSays;
    return { label: isNamed ? short(span.service, 14) : texts.yourApp, term: isNamed ? texts.yourApp : '', says };
  }
  const instance = rows.at(-1)?.span.resource['service.instance.id'];
  if (id === 'worker') return { label: short(String(instance ?? 'worker'), 14), term: 'worker' };
  return undefined;
}

function WorkerFrame({ journey, shape }: { journey: Journey; shape: Shape }) {
  const [x, y, width, height] = WORKER_FRAME[shape];
  const [worker] = journey.visited.stops.get('worker') ?? [];
  const isVisited = worker !== undefined;
  const isOthers = isVisited && worker.span.service !== 'app';
  return (
    <g class={isVisited ? 'frame visited' : 'frame'} aria-hidden="true">
      <rect x={x} y={y} width={width} height={height} rx="14" />
      <text x={x + 12} y={y + 18}>
        {isOthers ? '' : roleOf('app')}
      </text>
    </g>
  );
}

function Envelope({ journey, shape, opensMessage }: { journey: Journey; shape: Shape; opensMessage: boolean }) {
  const place = useComputed(() => {
    const { replay, head, step } = journey;
    // Without movement, the envelope stands where it arrives.
    const arrived = (step.value?.at ?? 0) + (step.value?.length ?? 0) * 0.999;
    const [x, y] = pointAt(replay, wantsStillness.value ? arrived : head.value, shape);
    return `translate(${x.toFixed(1)} ${(y - 25).toFixed(1)})`;
  });
  const sentence = useComputed(() => journey.sentences.value.at(-1));
  const isReadable = useMemo(() => opensMessage && requestSpan(journey.tree) !== undefined, [journey]);
  const open = () => {
    journey.playing.value = false;
    journey.openMessage.value = isBack.peek() ? 'answer' : 'request';
  };
  const isBack = useComputed(() => sentence.value?.isBack ?? false);
  const tone = useComputed<Tone | ''>(() => (sentence.value && toneOf(sentence.value)) ?? '');
  return (
    <g
      class={`envelope ${tone}`}
      transform={place}
      {...(isReadable
        ? {
            role: 'button',
            tabindex: 0,
            'aria-label': isBack.value ? texts.openTheAnswer : texts.openYourRequest,
            onClick: open,
            onKeyDown: (event: KeyboardEvent) => pressed(event, open),
          }
        : { 'aria-hidden': true })}
    >
      {isBack.value ? (
        <g key="back" class="envelope-side">
          <rect x="-15" y="-10" width="30" height="20" rx="2.500" />
          <path d="M-14 -8.500L0 2.500L14 -8.500" />
          <circle cy="3" r="5.500" />
          <path class="envelope-sign" d={SIGNS[tone.value]} />
        </g>
      ) : (
        <g key="front" class="envelope-side">
          <rect x="-15" y="-10" width="30" height="20" rx="2.500" />
          <path d="M-10 1H2M-10 5H-2" />
          <rect class="envelope-stamp" x="6" y="-7" width="6" height="7" />
        </g>
      )}
    </g>
  );
}

/** On the envelope of a response: its outcome, readable without colours. */
const SIGNS = {
  '': '',
  good: 'M-2.500 3L-.5 5L2.500 1',
  refused: 'M0 0V3.500M0 5.200V5.500',
  failed: 'M-2 1L2 5M2 1L-2 5',
};

function MapInWords({ journey: { visited } }: { journey: Journey }) {
  return (
    <figcaption class="hidden-label">
      {texts.visited}{' '}
      {[...visited.stops]
        .map(([id, rows]) => {
          const time = duration(timeOf(rows.map(({ span }) => span)));
          return texts.visitedStop(MAP_STOPS[id].label, rows.length, time, visited.marks.get(id));
        })
        .join('; ')}
      .
    </figcaption>
  );
}
