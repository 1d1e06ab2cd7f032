// The map: every place of the lab where a letter can be, where it is drawn (wide, and tall for narrow screens), and the roads
// between them. What the lab is does not change with a trace; which places were visited does. A deployment has a map of its own.

import { DEPLOYMENT_PLACES, DEPLOYMENT_ROADS } from './deployment-places.ts';
import { type Place, type Point, placesOf, type Shape } from './place.ts';

export type PlaceId = keyof typeof PLACES;

/** How large the drawing is. */
export const SIZE = {
  visit: { wide: [1160, 506], tall: [380, 880] },
  deployment: { wide: [1160, 310], tall: [380, 500] },
} as const;

/** Where a journey begins. */
export const HOME = { visit: 'you', deployment: 'laptop' } as const;

const place = placesOf('visit');

export const PLACES = {
  you: place('you', 'visitor', 'you', [62, 232], [52, 62], 'You and your browser.'),
  resolver: place(
    'phonebook',
    'dns',
    'book',
    [222, 104],
    [178, 62],
    'The resolver: the phonebook that your computer asks. It remembers what it has been told.',
  ),
  root: place(
    'root  .',
    'dns',
    'server',
    [386, 46],
    [320, 40],
    'The root server knows who keeps each top-level domain.',
  ),
  test: place(
    'test.',
    'dns',
    'server',
    [386, 118],
    [320, 106],
    "The top-level domain's server knows who keeps each domain below test.",
  ),
  domain: place('domain', 'dns', 'server', [386, 190], [320, 172], "The domain's own server knows the address."),
  corner: place(
    'corner',
    'router',
    'office',
    [190, 356],
    [52, 214],
    'The post office at your corner: every letter is handed in here.',
  ),
  north: place('north', 'router', 'office', [312, 288], [142, 176], 'A post office on one way.'),
  south: place('south', 'router', 'office', [312, 364], [142, 252], 'A post office on another way.'),
  lighthouse: place(
    'lighthouse',
    'router',
    'office',
    [312, 440],
    [142, 328],
    'The post office at the lighthouse: closed for the winter.',
  ),
  harbour: place('harbour', 'router', 'office', [434, 326], [232, 252], 'The last post office: it delivers.'),
  mailbox: place(
    'mailbox',
    'proxy',
    'mailbox',
    [528, 326],
    [318, 252],
    'The port: the mailbox that a web server watches.',
  ),
  proxy: place(
    'web server',
    'proxy',
    'desk',
    [624, 326],
    [318, 372],
    "The reverse proxy (nginx's job): it opens every letter.",
  ),
  seal: place(
    'seal',
    'proxy',
    'seal',
    [528, 440],
    [268, 312],
    'The seal (TLS): you and the web server shake hands, and you check whose certificate it is.',
  ),
  rules: place('rules', 'proxy', 'rules', [624, 178], [205, 372], 'Its rules (locations): who answers which address?'),
  shelf: place(
    'shelf',
    'proxy',
    'shelf',
    [624, 440],
    [62, 372],
    'The shelf of static files, which the web server hands out itself.',
  ),
  gateway: place(
    'app server',
    'gateway',
    'gateway',
    [750, 326],
    [318, 484],
    "The app server (gunicorn's job): it hands each letter to a free worker.",
  ),
  queue: place('queue', 'gateway', 'queue', [750, 214], [190, 484], 'Letters wait here until a worker is free.'),
  worker: place(
    'worker',
    'app',
    'worker',
    [868, 326],
    [318, 612],
    'A worker: one process, one letter at a time. It runs the framework.',
  ),
  clerks: place(
    'clerks',
    'app',
    'clerk',
    [868, 440],
    [190, 612],
    'Middleware: clerks who look at every letter on its way in and out.',
  ),
  urls: place(
    'url list',
    'app',
    'list',
    [956, 178],
    [62, 612],
    'The list of patterns: the first that fits names the view.',
  ),
  view: place('view', 'app', 'pen', [982, 326], [318, 722], 'The view: the function that writes the answer.'),
  permission: place('permission', 'app', 'key', [982, 440], [190, 722], 'Are you allowed to do that?'),
  template: place(
    'template',
    'app',
    'page',
    [1102, 214],
    [62, 722],
    'The template: the letter that is filled in for you.',
  ),
  database: place('database', 'app', 'database', [1102, 372], [318, 824], 'What the site remembers.'),
  ...DEPLOYMENT_PLACES,
} satisfies Record<string, Place>;

/** Roads that a letter, or a question, can take. */
export const ROADS: readonly (readonly [PlaceId, PlaceId])[] = [
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
  ['mailbox', 'seal'],
  ['proxy', 'rules'],
  ['proxy', 'shelf'],
  ['proxy', 'gateway'],
  ['gateway', 'queue'],
  ['gateway', 'worker'],
  ['worker', 'clerks'],
  ['worker', 'urls'],
  ['worker', 'view'],
  ['worker', 'template'],
  ['clerks', 'database'],
  ['clerks', 'template'],
  ['view', 'permission'],
  ['permission', 'database'],
  ['view', 'template'],
  ['view', 'database'],
  ...DEPLOYMENT_ROADS,
];

/** The frame around what one worker does, as x, y, width, height. */
export const WORKER_FRAME = { wide: [826, 36, 218, 456], tall: [10, 560, 360, 214] } as const;

/** The points of a road as it is drawn; some bend, so that they do not run through other places. */
export function roadPoints(a: PlaceId, b: PlaceId, shape: Shape): Point[] {
  const bend = BENDS[shape][`${a} ${b}`];
  if (bend) return [PLACES[a][shape], ...bend, PLACES[b][shape]];
  const back = BENDS[shape][`${b} ${a}`];
  return [PLACES[a][shape], ...(back ? [...back].reverse() : []), PLACES[b][shape]];
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
    'clerks database': [
      [900, 478],
      [1060, 478],
    ],
    'clerks template': [
      [832, 300],
      [832, 150],
      [1060, 150],
    ],
    'worker template': [
      [900, 250],
      [1060, 232],
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
    'proxy shelf': [
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
    'permission database': [[200, 800]],
    'clerks database': [
      [150, 700],
      [190, 806],
    ],
    'clerks template': [[120, 660]],
  },
};
