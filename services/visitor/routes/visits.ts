// POST /visits: one visit, of anybody's choosing.

import { type Route, route } from '../../../runtime/control/route.ts';
import type { VisitAnswer } from '../api.ts';
import { flushResolver } from '../control.ts';
import type { VisitorParts } from '../parts.ts';
import { makeVisit } from '../visit/visit.ts';
import { type CheckedVisitRequest, visitRequest } from '../visit-request.ts';

/** The routes of single visits. */
export function visitRoutes({ config, browsers, turns }: VisitorParts): Route[] {
  async function visit(asked: CheckedVisitRequest, signal: AbortSignal): Promise<VisitAnswer> {
    const { cold, browser, form, link, tls, ...rest } = asked;
    // Who has the phonebook forget everything waits until no scenario counts on what it remembers.
    const endTurn = cold ? await turns.take(signal) : () => {};
    try {
      if (cold) await flushResolver(config.resolverControl);
      const request = { ...rest, ...(form && { form }), ...(link && { link }), ...(tls && { tls }) };
      const { response, failure, ...visited } = await makeVisit(request, browsers.find(browser), config);
      const { status = null, headers = {}, body = '' } = response ?? {};
      const error = failure && { code: failure.code, message: failure.message };
      return { ...visited, status, headers, body, error };
    } finally {
      endTurn();
    }
  }

  return [route('POST /visits', visitRequest, async ({ body, signal }) => ({ body: await visit(body, signal) }))];
}
