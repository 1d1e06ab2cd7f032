// A whole page: the document, then a visit for each file that it names, over at most six connections.

import { ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import { proxy, visitor } from '../otel/contract/index.ts';
import {
  ATTR_CACHE,
  ATTR_CONNECTION,
  ATTR_LOOKUP,
  ATTR_RESOURCE_KIND,
  ATTR_TLS_ESTABLISHED,
  ATTR_TLS_RESUMED,
} from '../otel/contract/names.ts';
import type { Expected } from '../traces/expected.ts';
import { expectSpan } from './expect.ts';
import { served } from './handled.ts';
import { connect, handshake, type ScenarioVisit, type Start, visit } from './visits.ts';

const MAX_CONNECTIONS = 6;

/** A file of a page: `cache`: what the browser's cache has of it; `isDeep`: a style sheet names it, not the document. */
export type PageFile = { kind: string; cache: 'none' | 'fresh' | 'same' | 'stale'; isDeep?: true };

/**
 * A page load from `start`. `files` are in the order in which they get a connection: the first takes the document's, the next five
 * new ones (or open ones), the others wait. A page must name six or more, so that a style sheet's files find six open ones.
 */
export function pageLoad(url: string, start: Start, document: Expected[], files: readonly PageFile[]): ScenarioVisit {
  const pageFrom = (from: Start) => {
    let requests = 0;
    const visits = files.map((file) => {
      if (file.cache === 'fresh') return fileVisit(file, 'cached', url);
      const isFirst = requests++ === 0 || file.isDeep || requests > MAX_CONNECTIONS;
      return fileVisit(file, isFirst ? 'kept' : from.connection, url);
    });
    const first = visit('GET', url, from, 200, document).expected;
    return expectSpan(visitor.pageLoad, {}, first, ...visits);
  };
  return { method: 'GET', url, start, status: 200, expected: pageFrom(start), pageFrom };
}

function fileVisit({ kind, cache }: PageFile, connection: 'new' | 'kept' | 'cached', page: string): Expected {
  const lookup = { new: 'known', kept: 'kept', cached: 'none' }[connection];
  const attributes = {
    [ATTR_RESOURCE_KIND]: kind,
    [ATTR_CACHE]: cache,
    [ATTR_CONNECTION]: connection,
    [ATTR_LOOKUP]: lookup,
  };
  if (connection === 'cached') return expectSpan(visitor.visit, { attributes });
  const status = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: cache === 'same' ? 304 : 200 };
  const method = { words: { method: 'GET' }, attributes: status };
  const resumed = { [ATTR_TLS_ESTABLISHED]: true, [ATTR_TLS_RESUMED]: true };
  const opened = connection === 'new' ? [connect(), ...(page.startsWith('https:') ? [handshake(resumed)] : [])] : [];
  return expectSpan(
    visitor.visit,
    { attributes },
    ...opened,
    expectSpan(
      visitor.request,
      method,
      expectSpan(proxy.server, method, ...served(cache === 'same' ? 'not modified' : 'sent')),
    ),
  );
}
