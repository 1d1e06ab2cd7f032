// Draws the routes of several requests to the same place side by side, a router a line; what differs from the first is bold:
//
//   request 1    request 2    request 3
//   corner       corner       corner
//   north        south        north
//   harbour      harbour      harbour
//   destination  destination  destination

import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions';
import { router, visitor } from '../../otel/contract/index.ts';
import { ATTR_ROUTER_NEXT_HOP } from '../../otel/contract/names.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { printable } from '../../traces/printable.ts';
import { columns, cut, padEnd, style, widest } from './screen.ts';

const NO_ROUTER = 'connection kept';
const GAP = 4;
/** A stop's name comes from the trace. */
const MAX_STOP = 24;

/** The routes of several requests, from the spans of each, on a screen of `width`; empty unless one of them passed a router, and where one has several routes (a page). */
export function drawRoutes(requests: readonly TraceSpan[][], width = columns()): string {
  const routes = requests.map(stopsOf);
  if (routes.length < 2 || routes.every((route) => route.length === 0)) return '';
  if (requests.some((spans) => spans.filter(isConnect).length > 1)) return '';
  const all = routes.map((route, index) => [`request ${index + 1}`, ...(route.length === 0 ? [NO_ROUTER] : route)]);
  const cell = Math.min(widest(all.flat()), MAX_STOP) + GAP;
  const fitting = Math.max(1, Math.floor((width - 2 + GAP) / cell));
  const blocks = Array.from({ length: Math.ceil(all.length / fitting) }, (_, index) =>
    drawBlock(all.slice(index * fitting, (index + 1) * fitting), all[0] ?? [], cell),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** Columns of `cell` side by side; what differs from `first`, the first request's, is bold. */
function drawBlock(routes: readonly string[][], first: readonly string[], cell: number): string {
  const height = Math.max(...routes.map((route) => route.length));
  const lines = Array.from({ length: height }, (_, row) => {
    const cells = routes.map((route) => {
      const text = padEnd(cut(route[row] ?? '', cell - GAP), cell);
      return row > 0 && route[row] !== first[row] ? style('bold', text) : text;
    });
    return `  ${cells.join('').trimEnd()}`;
  });
  return lines.join('\n');
}

function isConnect({ service, name }: TraceSpan): boolean {
  return service === visitor.connect.service && name === visitor.connect.name;
}

/** The routers that a request passed, in order, and its last next hop. */
function stopsOf(spans: readonly TraceSpan[]): string[] {
  const passed = spans
    .filter(({ service, name }) => service === router.forward.service && name === router.forward.name)
    .sort((a, b) => a.start - b.start);
  const stops = passed.map(({ attributes }) => printable(String(attributes[ATTR_SERVICE_INSTANCE_ID])));
  const last = passed.at(-1);
  const end = last?.attributes[ATTR_ROUTER_NEXT_HOP] ?? '✗ no next hop';
  return last === undefined ? [] : [...stops, printable(String(end))];
}
