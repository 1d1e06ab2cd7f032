// A static file, step by step; the first step that has a response ends the chain:
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
import { allowsRange, evaluateConditions, readRange } from './conditions.ts';
import { chooseVariant } from './encoding.ts';
import type { FindFile } from './file-cache.ts';
import { lookUp } from './lookup.ts';
import { sendFile } from './send.ts';

/** Serves the file of a static location; `rest` is what is left of the path behind the location's own part. */
export async function serveStatic(
  proxyRequest: ProxyRequest,
  location: { config: StaticAction; folder: string; rest: string },
  find: FindFile,
): Promise<void> {
  try {
    await inSpan(proxy.staticFile, { parent: proxyRequest.context }, (span) => serve(span));
  } catch (error) {
    proxyRequest.fail(errorType(error) === 'file_truncated' ? 'file_truncated' : 'internal');
  }

  function serve(span: SpanOf<typeof proxy.staticFile>): Promise<void> | undefined {
    const { method, request, target } = proxyRequest;
    const { config, folder } = location;
    const setOutcome = (outcome: string) => span.setAttribute(names.ATTR_FILE_OUTCOME, outcome);
    const fail = (code: FailureCode, outcome = code.replaceAll('_', ' '), headers?: OutgoingHttpHeaders) => {
      setOutcome(outcome);
      proxyRequest.fail(code, headers);
      return undefined;
    };

    if (method !== 'GET' && method !== 'HEAD') return fail('method_not_allowed', 'not allowed', { allow: 'GET, HEAD' });

    const found = lookUp({ path: target.path, ...location }, find);
    if ('failure' in found) return fail(found.failure);
    if ('folder' in found) {
      setOutcome('redirect');
      const query = target.query === undefined ? '' : `?${target.query}`;
      // The normalised path: //elsewhere/../docs must not lead to another host.
      const address = `${target.path.split('/').map(encodeURIComponent).join('/')}/${query}`;
      proxyRequest.answer(301, { location: address, 'content-length': 0, ...cacheHeaders(config) });
      return undefined;
    }

    const { item, encoding, varies } = chooseVariant(found.item, request.headers['accept-encoding'], folder, find);
    span.setAttributes({
      [names.ATTR_FILE_PATH]: found.name,
      [names.ATTR_FILE_SIZE]: item.size,
      [names.ATTR_FILE_ENCODING]: encoding,
      [names.ATTR_FILE_SOURCE]: item.bytes ? 'memory' : 'disk',
    });
    const { etag, 'last-modified': lastModified } = item.headers;
    const vary: OutgoingHttpHeaders = varies ? { vary: 'Accept-Encoding' } : {};
    const rules = cacheHeaders(config);
    const headers: OutgoingHttpHeaders = { etag, 'last-modified': lastModified, ...rules, ...vary };
    if (rules['cache-control']) span.setAttribute(names.ATTR_FILE_CACHE_CONTROL, String(rules['cache-control']));

    const status = evaluateConditions(request.headers, item);
    if (status === 412) return fail('precondition_failed', undefined, vary);
    if (status === 304) {
      setOutcome('not modified');
      proxyRequest.answer(304, headers);
      return undefined;
    }

    headers['content-type'] = found.item.headers['content-type'];
    if (encoding !== 'identity') headers['content-encoding'] = encoding;

    const hasParts = encoding === 'identity'; // as with nginx: a part of a compressed file cannot be decoded
    const isAllowed =
      hasParts && method === 'GET' && allowsRange(request.headers['if-range'] as string | undefined, item);
    const part = isAllowed ? readRange(request.headers.range, item.size) : undefined;
    if (part === 'unsatisfiable') {
      const contentRange = { 'content-range': `bytes */${item.size}` };
      return fail('range_unsatisfiable', 'range not satisfiable', { ...vary, ...contentRange });
    }
    if (part) headers['content-range'] = `bytes ${part.start}-${part.end}/${item.size}`;
    else if (hasParts) headers['accept-ranges'] = 'bytes';
    headers['content-length'] = part ? part.end - part.start + 1 : item.size;

    setOutcome(part ? 'range' : 'sent');
    proxyRequest.begin(part ? 206 : 200, headers);
    return sendFile(proxyRequest, item, part);
  }
}

/** The headers that a location adds to its files. */
function cacheHeaders({ expires, headers = {} }: StaticAction): OutgoingHttpHeaders {
  if (expires === undefined) return headers;
  const { 'cache-control': more, ...others } = headers;
  return {
    ...others,
    expires: new Date(Date.now() + expires * 1000).toUTCString(),
    'cache-control': more ? `max-age=${expires}, ${more}` : `max-age=${expires}`,
  };
}
