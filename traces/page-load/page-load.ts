// A page load as its requests: one row for each file, its phases, the connection that it used, and what named it.

import { findSpec, visitor } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { endOf } from '../segments.ts';
import type { SpanNode, Tree } from '../tree.ts';

/** In the order in which a request goes through them; `queued`: it waits for a connection; `cached`: nothing was sent. */
export const PHASES = ['queued', 'dns', 'connect', 'tls', 'wait', 'receive', 'cached'] as const;
export type Phase = (typeof PHASES)[number];

/** Times in ms since the load began. */
export type PageRequest = {
  node: SpanNode;
  url: string;
  kind: string;
  priority: string;
  /** What the browser's cache had; '' where none is used. */
  cache: string;
  /** '' where no connection was used. */
  connection: string;
  status: number | null;
  failed: boolean;
  /** Bytes of the body as it was sent; and those that were not sent, because the cache had them. */
  bytes: number;
  saved: number;
  start: number;
  end: number;
  phases: readonly { phase: Phase; from: number; to: number }[];
  /** The place in the list of the file that names it; null for the document. */
  initiator: number | null;
};

export type PageLoad = { duration: number; requests: readonly PageRequest[] };

/** The page load that is the root of a trace; undefined for any other trace. */
export function pageLoadIn({ roots }: Pick<Tree, 'roots'>): PageLoad | undefined {
  const [root] = roots;
  if (root === undefined || findSpec(root.span) !== visitor.pageLoad) return undefined;
  const visits = root.children.filter(({ span }) => findSpec(span) === visitor.visit);
  const byUrl = new Map(visits.map(({ span }, index) => [span.attributes['url.full'], index]));
  const requests = visits.map((node) => requestOf(node, root.span.start, byUrl));
  return { duration: root.span.duration, requests };
}

function requestOf(node: SpanNode, began: number, byUrl: ReadonlyMap<unknown, number>): PageRequest {
  const { attributes, error } = node.span;
  const text = (name: string) => String(attributes[name] ?? '');
  const url = text('url.full');
  const request = node.children.find(({ span }) => findSpec(span) === visitor.request)?.span;
  const number = attributes[names.ATTR_CONNECTION_NUMBER];
  const status = Number(request?.attributes['http.response.status_code'] ?? attributes['http.response.status_code']);
  return {
    node,
    url,
    kind: text(names.ATTR_RESOURCE_KIND),
    priority: text(names.ATTR_RESOURCE_PRIORITY),
    cache: text(names.ATTR_CACHE),
    connection: number === undefined ? '' : `${URL.parse(url)?.host ?? ''} · ${number}`,
    status: Number.isNaN(status) ? null : status,
    failed: error !== null || status >= 400,
    bytes: Number(request?.attributes[names.ATTR_RESPONSE_BODY_SIZE] ?? 0),
    saved: Number(attributes[names.ATTR_CACHE_SAVED_BYTES] ?? 0),
    start: node.span.start - began,
    end: endOf(node.span) - began,
    phases: phasesOf(node, began),
    initiator: byUrl.get(attributes[names.ATTR_RESOURCE_INITIATOR]) ?? null,
  };
}

function phasesOf({ span, children }: SpanNode, began: number): PageRequest['phases'] {
  const start = span.start - began;
  if (span.attributes[names.ATTR_CONNECTION] === 'cached') {
    return [{ phase: 'cached', from: start, to: endOf(span) - began }];
  }
  const steps = children.flatMap((child): { phase: Phase; from: number; to: number }[] => {
    const spec = findSpec(child.span);
    const [from, to] = [child.span.start - began, endOf(child.span) - began];
    if (spec === visitor.lookup) return [{ phase: 'dns', from, to }];
    if (spec === visitor.connect) return [{ phase: 'connect', from, to }];
    if (spec === visitor.handshake) return [{ phase: 'tls', from, to }];
    if (spec !== visitor.request) return [];
    const firstByte = child.span.events.find(({ name }) => name === 'first byte')?.time;
    const received = firstByte === undefined ? to : firstByte - began;
    return [
      { phase: 'wait', from, to: received },
      { phase: 'receive', from: received, to },
    ];
  });
  const first = Math.min(endOf(span) - began, ...steps.map(({ from }) => from));
  return [{ phase: 'queued' as const, from: start, to: first }, ...steps].filter(({ from, to }) => to > from);
}
