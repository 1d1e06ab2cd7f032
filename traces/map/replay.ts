// The replay: real time stretched so that a tenth of a millisecond can be seen and eight hundred do not bore. Each piece of
// the journey is a step with its stop; at the beginning of a step the marker walks there from where it was.

import type { Point, Shape } from '../../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../../otel/contract/stops.ts';
import type { Segment } from '../segments.ts';
import { type Sentence, sentencesDuring } from '../story.ts';
import type { SpanNode } from '../tree.ts';
import { HOME, ROADS, roadPoints } from './roads.ts';
import { stopDuring } from './visited.ts';

export type Step = {
  /** Seconds of the replay. */
  at: number;
  length: number;
  /** Real milliseconds since 1970. */
  from: number;
  to: number;
  row: SpanNode | null;
  stop: StopId;
  /** The sentences shown meanwhile. */
  sentences: readonly Sentence[];
  /** Where the marker comes from, and by which stops. */
  path: StopId[];
};

export type Replay = { steps: Step[]; length: number };

const WALK_S = 0.45;
/** A new sentence stands at least so long. */
const READ_S = 0.7;
const MAX_SECONDS = 90;

/** The steps of a replay; `roads`: those that the trace has travelled, preferred to others; `story`: the sentences shown on the way. */
export function replayOf(
  segments: readonly Segment<SpanNode>[],
  roads: ReadonlySet<string>,
  story: readonly Sentence[] = [],
): Replay {
  const sentences = sentencesDuring(story, segments);
  const ways = new Map<string, StopId[]>();
  const wayFrom = (a: StopId, b: StopId) => {
    const key = `${a} ${b}`;
    const way = ways.get(key) ?? wayBetween(a, b, roads);
    ways.set(key, way);
    return way;
  };
  const [first] = segments;
  let before = first ? startOf(stopDuring(first)) : HOME.visit;
  const steps = segments.map((segment, index): Step => {
    let stop = stopDuring(segment);
    // Between two routers it is on the road, not at the port.
    if (stop === 'mailbox' && segments[index + 1]?.node?.span.service === 'router') stop = before;
    const path = wayFrom(before, stop);
    before = stop;
    const { from, to, node: row } = segment;
    const walk = WALK_S * Math.min(1, (path.length - 1) / 2);
    const shown = sentences[index] ?? [];
    const isNew = shown.length > 0 && shown !== sentences[index - 1];
    const length = walk + Math.max(isNew ? READ_S : 0.08, stretched(to - from));
    return { at: 0, length, from, to, row, stop, sentences: shown, path };
  });
  const total = steps.reduce((sum, { length }) => sum + length, 0);
  const scale = total > MAX_SECONDS ? MAX_SECONDS / total : 1;
  let at = 0;
  for (const step of steps) {
    step.at = at;
    step.length *= scale;
    at += step.length;
  }
  return { steps, length: at };
}

/** Where the marker begins: at home, except of work that no request brings along. */
function startOf(stop: StopId): StopId {
  return stop === 'background' ? stop : HOME[MAP_STOPS[stop].map];
}

/** Seconds that `ms` of a trace take: 0.1 ms is 0.05 s, 10 ms half a second, 1 s one and a half. */
function stretched(ms: number): number {
  return 0.18 * Math.log2(1 + ms * 0.6) + 0.04;
}

/** The step at a moment of the replay (s). */
export function stepAt({ steps }: Replay, head: number): Step | undefined {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((steps[middle] as Step).at <= head) low = middle;
    else high = middle - 1;
  }
  return steps[low];
}

/** The real time (ms since 1970) at a moment of the replay. */
export function realTime(replay: Replay, head: number): number {
  const step = stepAt(replay, head);
  if (step === undefined) return 0;
  const part = step.length === 0 ? 1 : Math.min(1, Math.max(0, (head - step.at) / step.length));
  return step.from + part * (step.to - step.from);
}

/** The moment of the replay at a real time. */
export function headAt({ steps, length }: Replay, real: number): number {
  const step = steps.find(({ to }) => to > real);
  if (step === undefined) return length;
  const part = step.to === step.from ? 0 : Math.max(0, (real - step.from) / (step.to - step.from));
  return step.at + part * step.length;
}

/** The moment of the replay at which the marker has arrived where it is at a real time. */
export function arrivalAt(replay: Replay, real: number): number {
  const head = headAt(replay, real);
  const step = stepAt(replay, head);
  return step === undefined ? head : Math.max(head, step.at + walkOf(step));
}

function walkOf({ length, path }: Step): number {
  return Math.min(length * 0.999, WALK_S * Math.min(1, (path.length - 1) / 2));
}

/** Where the marker is drawn at a moment of the replay. */
export function pointAt(replay: Replay, head: number, shape: Shape): Point {
  const step = stepAt(replay, head);
  if (step === undefined) return MAP_STOPS.you[shape];
  const walk = walkOf(step);
  const part = walk === 0 ? 1 : Math.min(1, (head - step.at) / walk);
  return along(pointsOf(step.path, shape), eased(part));
}

/** The points of a way on the map. */
export function pointsOf(path: readonly StopId[], shape: Shape): Point[] {
  const [first] = path;
  if (first === undefined) return [];
  const points: Point[] = [MAP_STOPS[first][shape]];
  for (const [index, stop] of path.slice(1).entries()) {
    points.push(...roadPoints(path[index] as StopId, stop, shape).slice(1));
  }
  return points;
}

function along(points: readonly Point[], part: number): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index] as Point, point));
  let left = part * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    const [a, b] = [points[index] as Point, points[index + 1] as Point];
    if (left <= length && length > 0) {
      return [a[0] + ((b[0] - a[0]) * left) / length, a[1] + ((b[1] - a[1]) * left) / length];
    }
    left -= length;
  }
  return points.at(-1) ?? [0, 0];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

function eased(part: number): number {
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

/** The shortest way on the map; a road that was not travelled counts ten times. */
function wayBetween(from: StopId, to: StopId, roads: ReadonlySet<string>): StopId[] {
  const cost = new Map<StopId, number>([[from, 0]]);
  const came = new Map<StopId, StopId>();
  const open = new Set<StopId>([from]);
  while (open.size > 0) {
    const [at] = [...open].sort((a, b) => (cost.get(a) ?? 0) - (cost.get(b) ?? 0)) as [StopId];
    open.delete(at);
    if (at === to) break;
    for (const [a, b] of ROADS) {
      const next = a === at ? b : b === at ? a : undefined;
      if (next === undefined) continue;
      const price = (cost.get(at) ?? 0) + (roads.has(`${a} ${b}`) ? 1 : 10);
      if (price >= (cost.get(next) ?? Number.POSITIVE_INFINITY)) continue;
      cost.set(next, price);
      came.set(next, at);
      open.add(next);
    }
  }
  const way: StopId[] = [to];
  for (let at = came.get(to); at !== undefined && way[0] !== from; at = came.get(at)) way.unshift(at);
  return way[0] === from ? way : [from, to];
}
