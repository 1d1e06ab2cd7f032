// The two maps as they are drawn: how large, and the roads between their stops.

import type { MapKind, Point, Shape } from '../../otel/contract/stop.ts';
import { MAP_STOPS, type StopId } from '../../otel/contract/stops.ts';

/** How large the drawing is. */
export const SIZE = {
  visit: { wide: [1160, 506], tall: [380, 880] },
  deployment: { wide: [1160, 310], tall: [380, 500] },
} as const satisfies Record<MapKind, Record<Shape, Point>>;

/** Where a journey begins. */
export const HOME = { visit: 'you', deployment: 'developer' } as const;

export const DEPLOYMENT_ROADS: readonly (readonly [StopId, StopId])[] = [
  ['developer', 'repository'],
  ['repository', 'pipeline'],
  ['pipeline', 'checks'],
  ['pipeline', 'files'],
  ['pipeline', 'tables'],
  ['pipeline', 'release'],
  ['release', 'workers'],
  ['workers', 'reader'],
];

/** Roads that a request, or a DNS query, can take. */
export const ROADS: readonly (readonly [StopId, StopId])[] = [
  ['you', 'resolver'],
  ['resolver', 'root'],
  ['resolver', 'test'],
  ['resolver', 'domain'],
  ['you', 'corner'],
  ['corner', 'north'],
  ['corner', 'south'],
  ['corner', 'lighthouse'],
  ['corner', 'harbour'],
  ['north', 'harbour'],
  ['south', 'harbour'],
  ['lighthouse', 'harbour'],
  ['harbour', 'mailbox'],
  ['you', 'mailbox'],
  ['mailbox', 'proxy'],
  ['mailbox', 'tls'],
  ['proxy', 'rules'],
  ['proxy', 'static'],
  ['proxy', 'gateway'],
  ['gateway', 'queue'],
  ['gateway', 'worker'],
  ['worker', 'middleware'],
  ['worker', 'urls'],
  ['worker', 'view'],
  ['worker', 'template'],
  ['middleware', 'database'],
  ['middleware', 'template'],
  ['view', 'permission'],
  ['permission', 'database'],
  ['view', 'template'],
  ['view', 'database'],
  ['worker', 'database'],
  ['view', 'background'],
  ['background', 'database'],
  ['worker', 'remote'],
  ['view', 'remote'],
  ['remote', 'database'],
  ...DEPLOYMENT_ROADS,
];

/** The frame around what one worker does, as x, y, width, height. */
export const WORKER_FRAME = { wide: [826, 14, 218, 480], tall: [10, 560, 360, 214] } as const;

/** The points of a road as it is drawn; some bend, so that they do not run through other stops. */
export function roadPoints(a: StopId, b: StopId, shape: Shape): Point[] {
  const bend = BENDS[shape][`${a} ${b}`];
  if (bend) return [MAP_STOPS[a][shape], ...bend, MAP_STOPS[b][shape]];
  const back = BENDS[shape][`${b} ${a}`];
  return [MAP_STOPS[a][shape], ...(back ? [...back].reverse() : []), MAP_STOPS[b][shape]];
}

const BENDS: Record<Shape, Record<string, Point[]>> = {
  wide: {
    'corner harbour': [
      [222, 498],
      [402, 498],
    ],
    'you mailbox': [
      [100, 246],
      [480, 246],
    ],
    'middleware database': [
      [900, 478],
      [1060, 478],
    ],
    'middleware template': [
      [832, 300],
      [832, 150],
      [1060, 150],
    ],
    'worker template': [
      [900, 250],
      [1060, 232],
    ],
    'worker database': [
      [900, 400],
      [1060, 420],
    ],
    'worker remote': [
      [896, 120],
      [1060, 84],
    ],
    'view remote': [[1020, 130]],
    'remote database': [
      [1150, 110],
      [1150, 350],
    ],
    'permission database': [[1040, 430]],
  },
  tall: {
    'you mailbox': [
      [52, 140],
      [318, 215],
    ],
    'corner harbour': [
      [52, 385],
      [232, 385],
    ],
    'proxy static': [
      [250, 418],
      [110, 418],
    ],
    'worker urls': [
      [250, 578],
      [110, 578],
    ],
    'view template': [
      [250, 762],
      [110, 762],
    ],
    'worker template': [
      [260, 668],
      [110, 690],
    ],
    'worker database': [
      [352, 640],
      [352, 800],
    ],
    'worker remote': [
      [250, 668],
      [126, 700],
      [110, 800],
    ],
    'permission database': [
      [200, 784],
      [290, 790],
    ],
    'middleware database': [
      [128, 680],
      [128, 778],
      [290, 784],
    ],
    'middleware template': [[120, 660]],
  },
};
