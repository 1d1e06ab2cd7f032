// The map: every part of the lab where a request can be, and where it is drawn (wide, and tall for narrow screens). A deployment has a
// map of its own. traces/map/roads.ts has the roads.

import type { Icon, MapKind, Stop } from './stop.ts';

/** Its name is `label · term`, or the label alone. */
type Row = readonly [name: string, service: string, icon: Icon, ...wide: [number, number], ...tall: [number, number]];

const VISIT = {
  you: ['you · browser', 'visitor', 'you', 62, 232, 52, 62],
  resolver: ['phonebook · DNS resolver', 'dns', 'book', 222, 104, 178, 62],
  root: ['root · name server', 'dns', 'server', 386, 34, 320, 40],
  test: ['test. · name server', 'dns', 'server', 386, 112, 320, 106],
  domain: ['domain · name server', 'dns', 'server', 386, 190, 320, 172],
  corner: ['corner · router', 'router', 'office', 190, 356, 52, 214],
  north: ['north · router', 'router', 'office', 312, 288, 142, 176],
  south: ['south · router', 'router', 'office', 312, 364, 142, 252],
  lighthouse: ['lighthouse · router', 'router', 'office', 312, 440, 142, 328],
  harbour: ['harbour · router', 'router', 'office', 434, 326, 232, 252],
  mailbox: ['mailbox · port', 'proxy', 'mailbox', 528, 326, 318, 252],
  proxy: ['web server · reverse proxy', 'proxy', 'desk', 624, 326, 318, 372],
  tls: ['TLS · handshake', 'proxy', 'lock', 528, 440, 268, 312],
  rules: ['rules · locations', 'proxy', 'rules', 624, 178, 205, 372],
  static: ['files · static files', 'proxy', 'files', 624, 440, 62, 372],
  gateway: ['app server · gateway', 'gateway', 'gateway', 750, 326, 318, 484],
  queue: ['queue', 'gateway', 'queue', 750, 214, 190, 484],
  worker: ['worker · framework', 'app', 'worker', 868, 326, 318, 612],
  middleware: ['clerks · middleware', 'app', 'stamp', 868, 440, 190, 612],
  urls: ['URL list · urlresolver', 'app', 'list', 956, 178, 62, 612],
  view: ['view', 'app', 'pen', 982, 326, 318, 722],
  permission: ['permission', 'app', 'key', 982, 440, 190, 722],
  template: ['template', 'app', 'page', 1102, 214, 62, 722],
  database: ['database', 'database', 'database', 1102, 372, 318, 824],
  background: ['background · task queue', 'app', 'queue', 1102, 452, 190, 824],
  remote: ['other programs · services', 'remote', 'server', 1102, 84, 62, 824],
} satisfies Record<string, Row>;

/** From the developer's computer to the first visitor who sees the change. */
const DEPLOYMENT = {
  developer: ['developer', 'developer', 'laptop', 70, 150, 60, 62],
  repository: ['repository', 'developer', 'book', 224, 150, 310, 62],
  pipeline: ['pipeline', 'pipeline', 'list', 384, 150, 310, 190],
  checks: ['checks', 'pipeline', 'rules', 384, 46, 70, 190],
  files: ['static files', 'pipeline', 'files', 476, 254, 190, 310],
  tables: ['database', 'database', 'database', 584, 254, 70, 310],
  release: ['release', 'pipeline', 'page', 660, 150, 310, 310],
  workers: ['workers', 'app', 'worker', 850, 150, 310, 440],
  reader: ['first visitor', 'visitor', 'you', 1050, 150, 90, 440],
} satisfies Record<string, Row>;

export type StopId = keyof typeof VISIT | keyof typeof DEPLOYMENT;

const SAYS: Record<StopId, string> = {
  you: 'You and your browser.',
  resolver: 'The phonebook (DNS resolver) that your computer asks. It remembers the answers for a while.',
  root: 'The root server knows which servers are responsible for each top-level domain.',
  test: "The top-level domain's server knows which servers are responsible for each domain below test.",
  domain: "The domain's own server knows the address.",
  corner: 'The post office (router) at your corner: all your letters go through it.',
  north: 'A post office (router) on one route.',
  south: 'A post office (router) on another route.',
  lighthouse: 'The post office (router) at the lighthouse: closed for the winter.',
  harbour: 'The last post office (router): it delivers.',
  mailbox: 'The mailbox (port) that the web server watches.',
  proxy: "The reverse proxy (nginx's job): it opens every letter.",
  tls: 'The TLS handshake: you and the web server agree on a secret key, and you check its certificate.',
  rules: 'The rules (locations) of the web server: is it a static file, or must the answer be written?',
  static: 'The static files, which the web server sends by itself.',
  gateway: "The app server (in gunicorn's place): it hands each letter to a free worker.",
  queue: 'Letters wait here until a worker is free.',
  worker: 'A worker: one process, one letter at a time. It runs the framework.',
  middleware: 'The clerks (middleware): they check every letter on its way in, and see every answer on its way out.',
  urls: 'The list of URL patterns: the first that matches names the view.',
  view: 'The view: the function that writes the answer.',
  permission: 'Are you allowed to do that?',
  template: 'The template: the letter that is filled in for you.',
  database: 'The database: what the site remembers.',
  background: 'The task queue: here the view leaves work, and a background worker takes it later.',
  developer: "The developer's computer, where the change is made, and committed.",
  remote: 'Other programs (services) that your app calls.',
  repository: 'The repository: it accepts a commit when the pipeline has succeeded.',
  pipeline: "The pipeline: the repository's hook, which makes a release of the commit.",
  checks: "Linter, the site's own tests, and a look at each page.",
  files: 'The static files, old and new ones beside each other.',
  tables: 'The tables are changed to what the new code expects.',
  release: 'The link to the release that is served is switched, in one step.',
  workers: 'The workers are replaced one by one, each once it is idle.',
  reader: 'The first visitor who sees the change.',
};

export const MAP_STOPS = { ...stopsOf('visit', VISIT), ...stopsOf('deployment', DEPLOYMENT) } as Record<StopId, Stop>;

function stopsOf(map: MapKind, rows: Record<string, readonly unknown[]>): Record<string, Stop> {
  const stops = Object.entries(rows).map(([id, row]): [string, Stop] => {
    const [name, service, icon, wideX, wideY, tallX, tallY] = row as Row;
    const [label = '', term = ''] = name.split(' · ');
    return [
      id,
      { label, term, service, icon, wide: [wideX, wideY], tall: [tallX, tallY], says: SAYS[id as StopId], map },
    ];
  });
  return Object.fromEntries(stops);
}
