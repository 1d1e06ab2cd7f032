// POST /visits: makes one visit, to any address of the lab.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { flag, object, oneOf, table } from '../../../runtime/control/schema.ts';
import type { VisitAnswer } from '../api.ts';
import { loadPage } from '../page-load/load.ts';
import type { VisitorParts } from '../parts.ts';
import { PROBE } from '../recent/row-matches.ts';
import { makeVisit } from '../visit/visit.ts';

const ADDRESS = 'takes an address, such as http://tatis.test/';
const TRACEPARENT = 'takes a traceparent (https://www.w3.org/TR/trace-context/)';

/** See VisitRequest in api.ts. */
const visitBody = object({
  url: v.pipe(
    v.string(ADDRESS),
    v.check((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), ADDRESS),
    v.transform((text) => new URL(text)),
    v.check(({ hostname }) => !hostname.startsWith('['), 'takes a name or an IPv4 address: the lab has no IPv6'),
  ),
  method: v.optional(oneOf(['GET', 'HEAD', 'POST']), 'GET'),
  form: v.optional(table(v.string(), v.string('takes a text'))),
  connection: v.optional(oneOf(['new', 'kept']), 'new'),
  tls: v.optional(oneOf(['1.1', '1.2', '1.3'])),
  page: v.optional(flag(), false),
  cold: v.optional(flag(), false),
  probe: v.optional(flag(), false),
  browser: v.optional(v.string('takes a name'), 'default'),
  link: v.optional(v.pipe(v.string(TRACEPARENT), v.regex(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/, TRACEPARENT))),
});

export function visitRoutes({ config, browsers }: VisitorParts): Route[] {
  async function visit(visitRequest: v.InferOutput<typeof visitBody>): Promise<VisitAnswer> {
    const { page, cold, probe, browser: browserName, form, link, tls, ...rest } = visitRequest;
    const browser = browsers.find(browserName);
    if (cold) browser.forgetNames();
    const request = {
      ...rest,
      ...(form && { form }),
      ...(link && { link }),
      ...(tls && { tls }),
      ...(probe && { scenario: PROBE }),
    };
    const result = await (page ? loadPage : makeVisit)(request, browser, config);
    const { traceId, durationMs, connection, response, failure } = result;
    const { status = null, headers = {}, body = '' } = response ?? {};
    const error = failure && { code: failure.code, message: failure.message };
    return { traceId, durationMs, connection, status, headers, body, error };
  }

  return [route('POST /visits', visitBody, async ({ body }) => ({ body: await visit(body) }))];
}
