// Which place of the map a span stands for.

import { ATTR_DNS_ANSWER_KIND, ATTR_DNS_ZONE, ATTR_ROUTER_NEXT_HOP } from '../../../../otel/contract/names.ts';
import { own } from '../../../../traces/own.ts';
import { DEPLOYMENT_ROADS, TASK_PLACES } from './deployment-places.ts';
import { requestMoments } from './moments.ts';
import type { World } from './place.ts';
import { PLACES, type PlaceId } from './places.ts';
import type { Segment } from './segments.ts';
import { type Row, type Tree, upwards } from './tree.ts';

const OFFICES: readonly PlaceId[] = ['corner', 'north', 'south', 'lighthouse', 'harbour'];

/** What was found out before: a trace ten thousand deep would be climbed ten thousand times. */
const known = new WeakMap<Row, PlaceId>();

/** Which map a trace is drawn on. */
export function worldOf({ rows }: Pick<Tree, 'rows'>): World {
  return ['laptop', 'pipeline'].includes(rows[0]?.span.service ?? '') ? 'deployment' : 'visit';
}

/** The place of one span; of another's instrumentation, that of the nearest span above it that has one. */
export function placeOf(row: Row): PlaceId {
  const climbed: Row[] = [];
  let place: PlaceId | undefined;
  for (const each of upwards(row)) {
    place = known.get(each) ?? ownPlace(each);
    climbed.push(each);
    if (place) break;
  }
  for (const each of climbed) known.set(each, place ?? 'you');
  return place ?? 'you';
}

function ownPlace({ span, children, parent }: Row): PlaceId | undefined {
  const { service, name, kind, attributes } = span;
  if (name === 'TLS handshake') return 'seal'; // both sides of it
  if (service === 'visitor') return 'you';
  if (service === 'laptop') return name === 'git push' ? 'repository' : 'laptop';
  if (service === 'pipeline') return own(TASK_PLACES, name) ?? (name.startsWith('test case ') ? 'checks' : 'pipeline');
  if (service === 'dns') {
    if (name === 'answer') return zonePlace(String(attributes[ATTR_DNS_ZONE] ?? ''));
    const isLost = name.startsWith('ask ') && children.length === 0 && span.error !== null;
    return isLost ? zonePlace(String(attributes[ATTR_DNS_ZONE] ?? '')) : 'resolver';
  }
  if (service === 'router') return officeOf(String(attributes['service.instance.id'] ?? ''));
  if (service === 'proxy') {
    if (name === 'location') return 'rules';
    return name === 'static file' ? 'shelf' : 'proxy';
  }
  if (service === 'gateway') return name === 'queue' ? 'queue' : 'gateway';
  if (service !== 'app') return undefined;
  if (name.startsWith('migration ') || isOfDeployment(parent)) return 'tables';
  if (kind === 1) return 'worker';
  if ('db.system.name' in attributes) return 'database';
  const [first = ''] = name.split(' ');
  return own(APP_PLACES, first);
}

/** What a migration asks the database is below it, or below the pipeline's task. */
function isOfDeployment(parent: Row | null): boolean {
  return parent !== null && (parent.span.service === 'pipeline' || parent.span.name.startsWith('migration '));
}

const APP_PLACES: Record<string, PlaceId> = {
  middleware: 'clerks',
  urlresolver: 'urls',
  view: 'view',
  permission: 'permission',
  template: 'template',
};

/** Where the letter is during a piece of time. Between the post offices and the web server it waits in the mailbox. */
export function placeDuring({ node: row, from }: Segment): PlaceId {
  if (row === null) return 'you';
  const { span, children } = row;
  if (span.service !== 'visitor' || span.kind !== 2 || span.name === 'DNS lookup') return placeOf(row);
  const { sent = span.start, firstByte } = requestMoments(span);
  const answered = children[0] ? from >= children[0].span.start : firstByte !== undefined && from >= firstByte;
  return from >= sent && !answered && children.length > 0 ? 'mailbox' : 'you';
}

export type Visited = {
  places: ReadonlyMap<PlaceId, Row[]>;
  /** Where an error began: the innermost failed spans. */
  failed: ReadonlySet<PlaceId>;
  /** Roads travelled, as `a b` and `b a`. */
  roads: ReadonlySet<string>;
  /** Whether no way was looked for: the connection was kept, or there are no post offices. */
  direct: boolean;
};

/** What of the map a trace has been to. */
export function visitedBy(tree: Tree): Visited {
  const places = new Map<PlaceId, Row[]>();
  const failed = new Set<PlaceId>();
  const failedBelow = new Set<Row>();
  for (const row of tree.rows.filter(isFailed)) {
    for (const above of upwards(row)) {
      if (failedBelow.has(above)) break;
      if (above !== row) failedBelow.add(above);
    }
  }
  for (const row of tree.rows) {
    const place = placeOf(row);
    places.set(place, [...(places.get(place) ?? []), row].slice(0, 200));
    if (isFailed(row) && !failedBelow.has(row)) failed.add(place);
  }
  const direct = OFFICES.every((office) => !places.has(office));
  const opened = places.get('proxy') ?? places.get('seal');
  const answered = opened !== undefined;
  if (answered && places.has('you')) places.set('mailbox', opened);
  const roads = worldOf(tree) === 'visit' ? roadsOf(tree, direct && answered) : roadsBetween(places);
  return { places, failed, roads, direct };
}

/** A span that failed, or an answer that says no: nobody has that name. */
function isFailed({ span }: Row): boolean {
  return span.error !== null || ['nxdomain', 'refused'].includes(String(span.attributes[ATTR_DNS_ANSWER_KIND] ?? ''));
}

function roadsOf(tree: Tree, direct: boolean): Set<string> {
  const roads = new Set<string>();
  const add = (a: PlaceId, b: PlaceId) => roads.add(`${a} ${b}`).add(`${b} ${a}`);
  for (const row of tree.rows) {
    const place = placeOf(row);
    if (row.parent) {
      const above = placeOf(row.parent);
      if (row.span.service !== 'router' && above !== place) add(above, place);
    }
    if (row.span.service === 'router') {
      if (place === 'corner') add('you', 'corner');
      const next = row.span.attributes[ATTR_ROUTER_NEXT_HOP];
      if (typeof next === 'string' && Object.hasOwn(PLACES, next)) add(place, next as PlaceId);
    }
    if (place === 'seal') add('mailbox', 'seal');
    else if (row.span.service === 'proxy' && row.span.kind === 1 && row.parent) add('mailbox', 'proxy');
  }
  if (direct) add('you', 'mailbox');
  return roads;
}

/** In a deployment one thing follows another: whoever has been at both ends has taken the road. */
function roadsBetween(places: ReadonlyMap<PlaceId, unknown>): Set<string> {
  const travelled = DEPLOYMENT_ROADS.filter((road) => road.every((place) => places.has(place)));
  return new Set(travelled.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
}

function officeOf(name: string): PlaceId {
  return OFFICES.find((office) => office === name) ?? 'corner';
}

function zonePlace(zone: string): PlaceId {
  if (zone === '.') return 'root';
  return zone === 'test.' ? 'test' : 'domain';
}
