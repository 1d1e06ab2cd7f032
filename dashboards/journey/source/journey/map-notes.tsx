// What stands beside the stops of the map: the rules that were tried, the patterns of the URL list, the length of the queue.

import { texts } from '#texts/journey.tsx';
import { ATTR_LOCATION_RULE, ATTR_PATTERN, ATTR_QUEUE_DEPTH } from '../../../../otel/contract/names.ts';
import type { Shape } from '../../../../otel/contract/stop.ts';
import { MAP_STOPS } from '../../../../otel/contract/stops.ts';
import type { TraceSpan } from '../../../../traces/model.ts';
import { short } from '../../../../traces/titles.ts';
import type { Journey } from './state.ts';

const MAX_LINES = 5;
const MAX_CHARACTERS = 24;

export function MapNotes({ journey, shape }: { journey: Journey; shape: Shape }) {
  if (shape === 'tall') return null;
  const spanAt = (id: 'rules' | 'urls' | 'queue') => journey.visited.stops.get(id)?.at(-1)?.span;
  const [rules, urls, queue] = [spanAt('rules'), spanAt('urls'), spanAt('queue')];
  return (
    <g aria-hidden="true">
      {rules && (
        <Tried at={MAP_STOPS.rules.wide} lines={triedOf(rules, ATTR_LOCATION_RULE, 'waybill.location.outcome')} />
      )}
      {urls && <Tried at={MAP_STOPS.urls.wide} lines={triedOf(urls, ATTR_PATTERN, 'waybill.pattern.outcome')} />}
      {queue && <Queue at={MAP_STOPS.queue.wide} depth={Number(queue.attributes[ATTR_QUEUE_DEPTH] ?? 0)} />}
    </g>
  );
}

type Line = { text: string; fits: boolean };

function triedOf({ events, attributes }: TraceSpan, name: string, outcome: string): Line[] {
  const winner = attributes[ATTR_LOCATION_RULE];
  const lines = events
    .filter(({ attributes: each }) => each[name] !== undefined)
    .map(({ attributes: each }) => ({
      text: String(each[name]),
      fits: winner === undefined ? each[outcome] === 'matched' : each[name] === winner,
    }));
  if (lines.length <= MAX_LINES) return lines;
  return [
    ...lines.slice(0, MAX_LINES - 2),
    { text: texts.moreLines(lines.length - MAX_LINES + 1), fits: false },
    ...lines.slice(-1),
  ];
}

function Tried({ at: [x, y], lines }: { at: readonly [number, number]; lines: Line[] }) {
  const top = y - 62 - lines.length * 15;
  return (
    <g class="tried" transform={`translate(${x} ${top})`}>
      {lines.map(({ text, fits }, index) => (
        <text key={`${index} ${text}`} class={fits ? 'fits' : ''} y={index * 15 + 10}>
          {`${fits ? '✓ ' : '· '}${short(text, MAX_CHARACTERS)}`}
        </text>
      ))}
    </g>
  );
}

function Queue({ at: [x, y], depth }: { at: readonly [number, number]; depth: number }) {
  if (depth === 0) return null;
  return (
    <g class="tried" transform={`translate(${x} ${y - 50})`}>
      <text>{texts.waitingInQueue(depth)}</text>
    </g>
  );
}
