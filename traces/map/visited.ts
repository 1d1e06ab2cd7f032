// Which stops of the map a trace has been to, and where the request is at a moment. The contract says the stop of a span.

import { findSpec, proxy, router, visitor } from '../../otel/contract/index.ts';
import { ATTR_ROUTER_NEXT_HOP } from '../../otel/contract/names.ts';
import { ROUTERS } from '../../otel/contract/router.ts';
import type { Around } from '../../otel/contract/spec.ts';
import type { MapKind } from '../../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../../otel/contract/stops.ts';
import { httpFacts } from '../conventions.ts';
import { foreignRole, foreignStop, isSilentApp } from '../foreign.ts';
import type { Segment } from '../segments.ts';
import { nearestUpwards, type SpanNode, type Tree, upwards } from '../tree.ts';
import { requestMoments } from './moments.ts';
import { DEPLOYMENT_ROADS } from './roads.ts';

const known = new WeakMap<SpanNode, StopId>();

/** Which map a trace is drawn on: that of its first span. */
export function mapKindOf({ nodes: [first] }: Pick<Tree, 'nodes'>): MapKind {
  return first ? MAP_STOPS[stopOf(first)].map : 'visit';
}

/** The stop of one span; of another program's, where the conventions say none, that of the nearest span above it that has one. */
export function stopOf(node: SpanNode): StopId {
  return nearestUpwards(node, ownStop, 'you', known);
}

function ownStop(node: SpanNode): StopId | undefined {
  const { span } = node;
  if (isSilentApp(node)) return 'worker';
  const place = findSpec(span)?.place ?? foreignStop(node);
  return typeof place === 'function' ? place(span, aroundOf(node)) : place;
}

function aroundOf({ parent, children }: SpanNode): Around {
  return { parent: parent?.span, children: children.map((child) => child.span) };
}

/** Where the request is during a piece of time. Between the routers and the web server it waits at the port. */
export function stopDuring({ node, from }: Segment<SpanNode>): StopId {
  if (node === null) return 'you';
  const { span, children } = node;
  const spec = findSpec(span);
  if (spec !== visitor.request && spec !== visitor.handshake) return stopOf(node);
  const { sent = span.start, firstByte } = requestMoments(span);
  const answered = children[0] ? from >= children[0].span.start : firstByte !== undefined && from >= firstByte;
  return from >= sent && !answered && children.length > 0 ? 'mailbox' : 'you';
}

/** `refused`: the answer no was decided there (4xx, no such name); `failed`: something broke. */
export type Mark = 'refused' | 'failed';

export type Visited = {
  stops: ReadonlyMap<StopId, SpanNode[]>;
  /** Where it went wrong: where the request was turned down, or where something broke. */
  marks: ReadonlyMap<StopId, Mark>;
  /** Roads travelled, as `a b` and `b a`. */
  roads: ReadonlySet<string>;
  /** Whether no route was needed: the connection was kept, or there are no routers. */
  direct: boolean;
};

/** How many spans of a stop are kept: enough to choose from and to count. */
const MAX_AT_STOP = 200;

/** What of the map a trace has been to. */
export function visitedBy(tree: Tree): Visited {
  const stops = new Map<StopId, SpanNode[]>();
  for (const node of tree.nodes) {
    const stop = stopOf(node);
    const here = stops.get(stop);
    if (here === undefined) stops.set(stop, [node]);
    else if (here.length < MAX_AT_STOP) here.push(node);
  }
  const direct = ROUTERS.every((router) => !stops.has(router));
  const opened = stops.get('proxy') ?? stops.get('tls');
  const answered = opened !== undefined;
  if (answered && stops.has('you')) stops.set('mailbox', opened);
  const roads = mapKindOf(tree) === 'visit' ? roadsOf(tree, direct && answered) : roadsBetween(stops);
  return { stops, marks: marksOf(tree), roads, direct };
}

/** The innermost spans that went wrong: above them it is the same failure, passed on. */
function marksOf({ nodes }: Tree): Map<StopId, Mark> {
  const wrong = nodes.map((node) => [node, markOf(node)] as const).filter(([, mark]) => mark !== undefined);
  const above = new Set<SpanNode>();
  for (const [node] of wrong) {
    for (const each of upwards(node)) {
      if (above.has(each)) break;
      if (each !== node) above.add(each);
    }
  }
  const marks = new Map<StopId, Mark>();
  for (const [node, mark] of wrong) {
    const stop = stopOf(node);
    if (mark && !above.has(node) && marks.get(stop) !== 'failed') marks.set(stop, mark);
  }
  return marks;
}

function markOf(node: SpanNode): Mark | undefined {
  const { span } = node;
  if (findSpec(span)?.refuses?.(span, aroundOf(node))) return 'refused';
  const isServer = findSpec(span) === undefined && foreignRole(node) === 'server';
  const status = httpFacts(span.attributes).status ?? Number(span.attributes['error.type']);
  if (span.error === null && !(isServer && status >= 400)) return undefined;
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}

function roadsOf(tree: Tree, direct: boolean): Set<string> {
  const roads = new Set<string>();
  const add = (a: StopId, b: StopId) => roads.add(`${a} ${b}`).add(`${b} ${a}`);
  for (const node of tree.nodes) {
    const { span, parent } = node;
    const spec = findSpec(span);
    const stop = stopOf(node);
    const above = parent === null ? stop : stopOf(parent);
    if (spec === router.forward) {
      if (stop === 'corner') add('you', 'corner');
      const next = span.attributes[ATTR_ROUTER_NEXT_HOP];
      if (next === 'destination') add(stop, 'mailbox');
      else if (typeof next === 'string' && Object.hasOwn(MAP_STOPS, next)) add(stop, next as StopId);
    } else if (above !== stop) {
      add(above, stop);
    }
    if (stop === 'tls') add('mailbox', 'tls');
    else if (spec === proxy.server && parent) add('mailbox', 'proxy');
  }
  if (direct) add('you', 'mailbox');
  return roads;
}

/** In a deployment one thing follows another: a road between two stops that were visited was taken. */
function roadsBetween(stops: ReadonlyMap<StopId, unknown>): Set<string> {
  const travelled = DEPLOYMENT_ROADS.filter((road) => road.every((stop) => stops.has(stop)));
  return new Set(travelled.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
}
