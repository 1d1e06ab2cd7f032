// A page as a browser loads it: the document, then what it names, then what its style sheets name; one trace.
//
//   page load
//   ├─ visit  the document          over connection 1; the name is looked up once
//   ├─ visit  style, script, image  as soon as the document is read: connections 1 to 6; what finds none free waits
//   └─ visit  @import, url()        as soon as the style sheet is read
//
// Bounds: 100 resources, and for each of them 30 s and 8 MiB; what begins after 60 s fails.

import { ROOT_CONTEXT } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { withLearner } from '../../../otel/learner.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { measureStalls } from '../../../runtime/stalls.ts';
import type { Browser } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import type { ReceivedResponse } from '../visit/read.ts';
import { makeVisit, sentFor, type Visit, type VisitResult } from '../visit/visit.ts';
import { resourcesInCss } from './css.ts';
import { readHtml } from './html.ts';
import { type NamedResource, type ResourceKind, rankOf } from './resource.ts';
import { noteOn } from './unused.ts';

const MAX_RESOURCES = 100;
const MAX_MS = 60_000;
const MAX_RESOURCE_MS = 30_000;
const MAX_RESOURCE_BYTES = 8 * 1024 * 1024;
/** How many that are not fetched are listed. */
const MAX_LISTED = 20;
/** The document is level 0, what it names 1, what that names 2. */
const MAX_LEVEL = 2;

/** Loads the page at the address of `visit`. The result is the document's; it does not throw when a step fails, as `makeVisit`. */
export async function loadPage(visit: Visit, browser: Browser, config: VisitorConfig): Promise<VisitResult> {
  const origin = withLearner(visit.origin ?? ROOT_CONTEXT);
  const span = startSpan(visitor.pageLoad, {
    attributes: {
      [semconv.ATTR_URL_FULL]: withoutCredentials(visit.url.href),
      [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET',
      ...sentFor(visit, browser),
    },
    parent: origin,
  });
  const stalls = measureStalls();
  const began = performance.now();
  const parent = contextWith(span, origin);
  if (visit.connection === 'new') browser.retireConnections();
  const addresses = new Map<string, Promise<string>>();
  const named = new Set<string>();
  const left: string[] = [];
  const results: VisitResult[] = [];

  async function fetchOne({ url, kind, priority }: Fetched, initiator: string | undefined, level: number) {
    const result = await makeVisit(
      {
        method: 'GET',
        url,
        connection: 'kept',
        usesCache: true,
        origin: parent,
        limits: { timeout: MAX_RESOURCE_MS, bytes: MAX_RESOURCE_BYTES },
        part: { kind, priority, initiator, addresses, deadline: began + MAX_MS },
      },
      browser,
      config,
    );
    results.push(result);
    if (result.response === null) return result;
    const found = resourcesIn(kind, result.response, url);
    if (result.response.isCut && found.length > 0) left.push(`the rest of a long file: ${url.href}`);
    await Promise.all(fetchAll(found, url, level + 1));
    return result;
  }

  /** Begins to fetch what `from` names, the highest priority first; what is known already, and what is not fetched, is left out. */
  function fetchAll(found: readonly NamedResource[], from: URL, level: number): Promise<VisitResult>[] {
    const accepted = unique(found).filter((each): each is Fetched => {
      if (each.url && named.has(each.url.href)) return false;
      const reason = reasonNotToFetch(each, from, level);
      if (reason !== undefined) left.push(`${reason}: ${each.text}`);
      if (reason !== undefined || each.url === undefined) return false;
      named.add(each.url.href);
      return true;
    });
    accepted.sort((a, b) => rankOf(a) - rankOf(b));
    return accepted.map((each) => fetchOne(each, withoutCredentials(from.href), level));
  }

  /** Why a resource is not fetched; undefined where it is. */
  function reasonNotToFetch({ url }: NamedResource, from: URL, level: number): string | undefined {
    if (url === undefined) return 'not an address';
    if (url.protocol === 'data:') return 'in the page itself (data:)';
    if (!/^https?:$/.test(url.protocol)) return `not over HTTP (${url.protocol})`;
    if (!isOfLab(url, config)) return 'a host outside of the lab';
    if (from.protocol === 'https:' && browser.httpsUrl(url).protocol === 'http:')
      return 'plain HTTP in a page of HTTPS';
    if (level > MAX_LEVEL) return `named by a file that a file named (at most ${MAX_LEVEL} levels)`;
    return named.size >= MAX_RESOURCES ? `more than ${MAX_RESOURCES} resources` : undefined;
  }

  const url = new URL(visit.url);
  url.hash = '';
  named.add(url.href);
  const result = await fetchOne({ url, text: url.href, kind: 'document', priority: 'highest' }, undefined, 0);
  const sum = (of: (each: VisitResult) => number) => results.reduce((total, each) => total + of(each), 0);
  span.setAttributes({
    [names.ATTR_PAGE_RESOURCES]: results.length,
    [names.ATTR_PAGE_REQUESTS]: results.filter(({ connection }) => connection !== 'cached').length,
    [names.ATTR_PAGE_BYTES]: sum(({ received }) => received),
    [names.ATTR_PAGE_SAVED_BYTES]: sum(({ saved }) => saved),
    ...(left.length > 0 && {
      [names.ATTR_PAGE_NOT_FETCHED]: left.slice(0, MAX_LISTED),
      [names.ATTR_PAGE_NOT_FETCHED_COUNT]: left.length,
    }),
    ...(result.response && { [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: result.response.status }),
    ...stalls(),
  });
  if (result.failure) failSpan(span, result.failure.code);
  endSpan(span);
  return { ...result, traceId: span.spanContext().traceId, durationMs: performance.now() - began };
}

type Fetched = NamedResource & { url: URL };

/** Each address once, with its highest priority, where it is named first. */
function unique(found: readonly NamedResource[]): NamedResource[] {
  const byAddress = new Map<string, NamedResource>();
  for (const each of found) {
    const key = each.url?.href ?? each.text;
    const known = byAddress.get(key);
    if (!known || rankOf(each) < rankOf(known)) byAddress.set(key, each);
  }
  return [...byAddress.values()];
}

/** What a response names: a document, or a style sheet, of the right type. */
function resourcesIn(kind: ResourceKind, response: ReceivedResponse, url: URL): NamedResource[] {
  if (noteOn(kind, response) !== undefined) return [];
  if (kind === 'document') return readHtml(response.body, url.href).resources;
  return kind === 'style' ? resourcesInCss(response.body, url.href) : [];
}

/** Whether a host belongs to the lab: a name below `test.`, or an address of the address map. */
function isOfLab({ hostname }: URL, { addresses }: VisitorConfig): boolean {
  return /(?:^|\.)test\.?$/.test(hostname) || addresses.has(hostname);
}
