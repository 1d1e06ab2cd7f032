// The parts of the lab in traces: the stops, how often and for how long, and the roads between them.

import type { MapKind } from '../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../otel/contract/stops.ts';
import { ROADS, roadPoints, SIZE } from '../traces/map/roads.ts';
import { mapKindOf, visitedBy } from '../traces/map/visited.ts';
import type { TraceSpan } from '../traces/model.ts';
import { inTime, treeOf } from '../traces/tree.ts';

/** A stop: in how many traces it was, whether something failed there in how many, and how long its spans took in each, in ms. */
export type Stop = { place: StopId; label: string; traces: number; failed: number; ms: number[] };
/** A road that was travelled, and in how many traces. */
export type Road = { from: StopId; to: StopId; traces: number };
export type LabMap = { world: MapKind; traces: number; stops: Stop[]; roads: Road[] };

/** The map of one kind that `traces` make, its stops in the order of the contract. */
export function mapOf(traces: readonly TraceSpan[][], world: MapKind): LabMap {
  const stops = new Map<StopId, Stop>();
  const roads = new Map<string, number>();
  const trees = traces
    .map((spans) => treeOf(inTime(spans)))
    .filter((tree) => tree.nodes.length > 0 && mapKindOf(tree) === world);
  for (const tree of trees) {
    const visited = visitedBy(tree);
    for (const [place, rows] of visited.stops) {
      const stop = stops.get(place) ?? { place, label: MAP_STOPS[place].label, traces: 0, failed: 0, ms: [] };
      stop.traces += 1;
      stop.failed += visited.marks.get(place) === 'failed' ? 1 : 0;
      stop.ms.push(rows.reduce((longest, { span }) => Math.max(longest, span.duration), 0));
      stops.set(place, stop);
    }
    for (const road of visited.roads) roads.set(road, (roads.get(road) ?? 0) + 1);
  }
  return {
    world,
    traces: trees.length,
    stops: (Object.keys(MAP_STOPS) as StopId[]).flatMap((place) => stops.get(place) ?? []),
    roads: ROADS.flatMap(([from, to]) => {
      const travelled = roads.get(`${from} ${to}`);
      return travelled === undefined ? [] : [{ from, to, traces: travelled }];
    }),
  };
}

const STYLE = `
  svg { font: 14px system-ui, sans-serif; color: #26221b; background: #fffdf8; }
  .road { stroke: #1d4f8f; fill: none; stroke-linecap: round; opacity: .55; }
  .stop circle { fill: #fffdf8; stroke: #1d4f8f; stroke-width: 2; }
  .stop.failed circle { stroke: #a8281f; }
  text { fill: currentColor; text-anchor: middle; }
  .count { font-weight: 600; font-size: 12px; }
  @media (prefers-color-scheme: dark) {
    svg { color: #f0e9d9; background: #1f1d18; }
    .road, .stop circle { stroke: #8ab6ef; }
    .stop circle { fill: #1f1d18; }
    .stop.failed circle { stroke: #ff9a8a; }
  }`;

/** The map as SVG: a road is the wider the more traces took it; in each stop stands in how many it was. */
export function svgOf({ world, traces, stops, roads }: LabMap): string {
  const [width, height] = SIZE[world].wide;
  const lines = roads.map(({ from, to, traces: travelled }) => {
    const points = roadPoints(from, to, 'wide').map((point) => point.join(','));
    return `<polyline class="road" stroke-width="${(1 + (5 * travelled) / traces).toFixed(1)}" points="${points.join(' ')}"/>`;
  });
  const circles = stops.map(({ place, label, traces: visits, failed }) => {
    const [x, y] = MAP_STOPS[place].wide;
    return `<g class="stop${failed > 0 ? ' failed' : ''}" transform="translate(${x} ${y})"><title>${escaped(MAP_STOPS[place].says)}</title><circle r="19"/><text class="count" y="4">${visits}</text><text y="37">${escaped(label)}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The parts of the lab, from ${traces} traces">
<style>${STYLE}
</style>
${[...lines, ...circles].join('\n')}
</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
