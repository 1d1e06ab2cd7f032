// A static file, step by step; the first step that has an answer ends the chain:
//
//   method → look up → folder? redirect → encoding → conditions → range → headers → send

import type { OutgoingHttpHeaders } from 'node:http';
import { proxy } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { errorType, inSpan } from '../../../otel/span.ts';
import type { FailureCode } from '../errors.ts';
import type { StaticAction } from '../location/blocks.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import { allowsRange, check } from './conditions.ts';
import { chooseVariant } from './encoding.ts';
import type { FileCache } from './file-cache.ts';
import { lookUp } from './lookup.ts';
import { readRange } from './range.ts';
import { sendFile } from './send.ts';

/** Answers `request` from the folder of a static location; `rest` is its path behind the location's own part. */
export async function serveStatic(
  proxyRequest: ProxyRequest,
  { config, folder, rest }: { config: StaticAction; folder: string; rest: string },
  fileCache: FileCache,
): Promise<void> {
  try {
    await inSpan(proxy.staticFile, { parent: proxyRequest.context }, (span) => serve(span));
  } catch (error) {
    proxyRequest.fail(errorType(error) === 'file_cut' ? 'file_cut' : 'internal');
  }

  function serve(span: SpanOf<typeof proxy.staticFile>): Promise<void> | undefined {
    const { method, request, target } = proxyRequest;
    const tell = (outcome: string) => span.setAttribute(names.ATTR_FILE_OUTCOME, outcome);
    const fail = (outcome: string, code: FailureCode, headers?: OutgoingHttpHeaders) => {
      tell(outcome);
      proxyRequest.fail(code, headers);
      return undefined;
    };

    if (method !== 'GET' && method !== 'HEAD') return fail('not allowed', 'method_not_allowed', { allow: 'GET, HEAD' });

    const found = lookUp({ path: target.path, rest, config, folder }, fileCache);
    if ('failure' in found) return fail(OUTCOMES[found.failure], found.failure);
    if ('folder' in found) {
      tell('redirect');
      const query = target.query === undefined ? '' : `?${target.query}`;
      // As normalised: a path that came as //elsewhere/../docs must not lead elsewhere.
      const location = `${target.path.split('/').map(encodeURIComponent).join('/')}/${query}`;
      proxyRequest.answer(301, { location, 'content-length': 0, ...cacheHeaders(config) });
      return undefined;
    }

    const { item, encoding, varies } = chooseVariant(found.item, request.headers['accept-encoding'], folder, fileCache);
    span.setAttributes({
      [names.ATTR_FILE_PATH]: found.name,
      [names.ATTR_FILE_SIZE]: item.size,
      [names.ATTR_FILE_ENCODING]: encoding,
      [names.ATTR_FILE_SOURCE]: item.bytes ? 'memory' : 'disk',
    });
    const { etag, 'last-modified': lastModified, 'content-type': type } = item.headers;
    const vary: OutgoingHttpHeaders = varies ? { vary: 'Accept-Encoding' } : {};
    const headers: OutgoingHttpHeaders = { etag, 'last-modified': lastModified, ...cacheHeaders(config), ...vary };

    const verdict = check(request.headers, item);
    if (verdict === 'changed') return fail('changed', 'changed', vary);
    if (verdict === 'not modified') {
      tell('not modified');
      proxyRequest.answer(304, headers);
      return undefined;
    }

    headers['content-type'] = encoding === 'identity' ? type : found.item.headers['content-type'];
    if (encoding !== 'identity') headers['content-encoding'] = encoding;

    const hasParts = encoding === 'identity'; // as with nginx: a part of a packed file can not be unpacked
    const isAllowed =
      hasParts && method === 'GET' && allowsRange(request.headers['if-range'] as string | undefined, item);
    const part = isAllowed ? readRange(request.headers.range, item.size) : undefined;
    if (part === 'unsatisfiable') {
      return fail('range not satisfiable', 'range_unsatisfiable', { ...vary, 'content-range': `bytes */${item.size}` });
    }
    if (part) headers['content-range'] = `bytes ${part.start}-${part.end}/${item.size}`;
    else if (hasParts) headers['accept-ranges'] = 'bytes';
    headers['content-length'] = part ? part.end - part.start + 1 : item.size;

    tell(part ? 'range' : 'sent');
    proxyRequest.begin(part ? 206 : 200, headers);
    return sendFile(proxyRequest, item, part);
  }
}

const OUTCOMES = { not_found: 'not found', hidden: 'hidden', unreadable: 'unreadable' } as const;

/** The headers that a location gives its files. */
function cacheHeaders({ expires, headers = {} }: StaticAction): OutgoingHttpHeaders {
  const { 'cache-control': more, ...others } = headers;
  if (expires === undefined) return headers;
  return {
    ...others,
    expires: new Date(Date.now() + expires * 1000).toUTCString(),
    'cache-control': more ? `max-age=${expires}, ${more}` : `max-age=${expires}`,
  };
}
