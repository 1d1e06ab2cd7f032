// What the lab is, drawn: its parts in the order in which a request meets them.

import { texts } from '#texts/home.ts';
import { MAP_STOPS, type StopId } from '../../../../otel/contract/stops.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { iconPath } from '../frame/icons.tsx';

const PARTS: [StopId, string, number, number][] = [
  ['you', texts.you, 44, 92],
  ['resolver', texts.resolver, 132, 40],
  ['corner', texts.routers, 132, 132],
  ['proxy', texts.webServer, 236, 92],
  ['static', texts.files, 300, 32],
  ['gateway', texts.appServer, 336, 132],
  ['worker', texts.worker, 436, 92],
  ['database', texts.database, 524, 40],
  ['template', texts.template, 524, 132],
];
const ROADS = [
  [0, 1],
  [0, 2],
  [2, 3],
  [3, 4],
  [3, 5],
  [5, 6],
  [6, 7],
  [6, 8],
] as const;

export function Parts() {
  return (
    <svg class="parts map" viewBox="0 0 568 184" role="img" aria-label={texts.partsInWords}>
      {ROADS.map(([a, b]) => {
        const [from, to] = [PARTS[a], PARTS[b]];
        return (
          from &&
          to && <line key={`${a} ${b}`} class="road travelled" x1={from[2]} y1={from[3]} x2={to[2]} y2={to[3]} />
        );
      })}
      {PARTS.map(([id, label, x, y]) => (
        <g key={id} class={`place visited ${serviceClass(MAP_STOPS[id].service)}`} transform={`translate(${x} ${y})`}>
          <circle class="place-field" r="21" />
          <g transform="translate(-12 -12)">
            <path class="place-icon" d={iconPath(MAP_STOPS[id].icon)} />
          </g>
          <text class="place-label" y="36">
            {label}
          </text>
        </g>
      ))}
    </svg>
  );
}
