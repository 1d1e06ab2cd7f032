// Where the framework's spans open: one function for each seam. Views and middleware know nothing of them.
//
//   server ─┬─ middleware … ── queries
//           ├─ urlresolver     one event for each pattern tried
//           ├─ view ─┬─ queries
//           │        ├─ permission ── queries
//           │        └─ template
//           └─ template        of an error page

import { type Attributes, type Context, context, type Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { app } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { nameOf } from '../../../otel/contract/spec.ts';
import { note } from '../../../otel/event.ts';
import { endSpan, errorType, failSpan, inSpan, startSpan, within } from '../../../otel/span.ts';
import type { Result } from './database/engine.ts';
import { HttpError, isAbort } from './http/errors.ts';
import type { Location } from './location.ts';
import type { Resolution } from './urls/resolver.ts';

/** The span of a whole request; ends when `end` is called. */
export function openServerSpan(method: string, path: string, scheme: string, parent: Context) {
  const attributes = {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
    [semconv.ATTR_URL_PATH]: path,
    [semconv.ATTR_URL_SCHEME]: scheme,
  };
  const span = startSpan(app.server, { words: { method, route: '' }, attributes, parent });
  let failed = false;
  return {
    span,
    traceId: span.spanContext().traceId,
    run: <T>(step: () => T): T => context.with(within(span, parent), step),
    matched(route: string) {
      span.updateName(nameOf(app.server, { method, route })).setAttribute(semconv.ATTR_HTTP_ROUTE, route);
    },
    answered(by: string, worked: readonly string[]) {
      span.setAttribute(names.ATTR_ANSWERED_BY, by).setAttribute(names.ATTR_MIDDLEWARE, [...new Set(worked)]);
    },
    failed(error: unknown) {
      failed = true;
      failSpan(span, errorType(error), error);
    },
    /** `status` null: the client went before the answer was begun. */
    end(status: number | null, problem: string | undefined, time: number) {
      if (status !== null) span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
      if (problem && !failed) failSpan(span, problem);
      endSpan(span, time);
    },
  };
}

export type ServerSpan = ReturnType<typeof openServerSpan>;

/** When a middleware works: on the letter's way in, just before the view, on the answer's way out. */
export type Phase = 'in' | 'before view' | 'out';

/** The work of one middleware. */
export function middlewareSpan<T>(name: string, phase: Phase, userName: () => string | undefined, work: () => T) {
  const attributes = { [names.ATTR_MIDDLEWARE_PHASE]: phase };
  return outcomeSpan(startSpan(app.middleware, { words: { name }, attributes }), work, (span) => {
    const user = userName();
    if (user !== undefined) span.setAttribute(names.ATTR_USER_NAME, user);
  });
}

/** The walk down the list of patterns. */
export function urlresolverSpan(resolve: () => Resolution): Resolution {
  return inSpan(app.urlresolver, {}, (span) => {
    const resolution = resolve();
    for (const { pattern, outcome } of resolution.tried) {
      note(span, 'pattern tried', { [names.ATTR_PATTERN]: pattern, [names.ATTR_PATTERN_OUTCOME]: outcome });
    }
    if (resolution.match) span.setAttribute(semconv.ATTR_HTTP_ROUTE, resolution.match.route);
    return resolution;
  });
}

/** The call of a view, which is written at `location`. */
export function viewSpan<T>(name: string, location: Location, call: () => T): Promise<Awaited<T>> {
  const attributes = {
    [semconv.ATTR_CODE_FUNCTION_NAME]: location.functionName,
    [semconv.ATTR_CODE_FILE_PATH]: location.file,
    [semconv.ATTR_CODE_LINE_NUMBER]: location.line,
  };
  return outcomeSpan(startSpan(app.view, { words: { name }, attributes }), call);
}

export type Verdict = { allowed: boolean; reason: string };

/** A question whether something is allowed. */
export function permissionSpan(name: string, userName: string | undefined, decide: () => Promise<Verdict>) {
  const attributes = userName === undefined ? {} : { [names.ATTR_USER_NAME]: userName };
  return inSpan(app.permission, { words: { name }, attributes }, async (span) => {
    const verdict = await decide();
    span.setAttribute(names.ATTR_PERMISSION_ALLOWED, verdict.allowed);
    span.setAttribute(names.ATTR_PERMISSION_REASON, verdict.reason);
    return verdict;
  });
}

export type DescribedQuery = { system: string; attributes: Attributes; text: string; summary: string };

/** One query; `text` has placeholders where parameters go. */
export function querySpan(query: DescribedQuery, ask: () => Result | Promise<Result>): Result | Promise<Result> {
  const attributes = {
    ...query.attributes,
    [semconv.ATTR_DB_SYSTEM_NAME]: query.system,
    [semconv.ATTR_DB_QUERY_TEXT]: query.text,
    [semconv.ATTR_DB_QUERY_SUMMARY]: query.summary,
    [names.ATTR_DB_RESPONSE_RETURNED_ROWS]: 0,
  };
  return inSpan(app.query, { words: { summary: query.summary }, attributes }, (span) => {
    const counted = (result: Result) => {
      span.setAttribute(names.ATTR_DB_RESPONSE_RETURNED_ROWS, result.rows.length);
      return result;
    };
    const result = ask();
    return result instanceof Promise ? result.then(counted) : counted(result);
  });
}

/** The filling in of a template. */
export function templateSpan(name: string, fill: () => string): string {
  return inSpan(app.template, { words: { name }, attributes: { [names.ATTR_TEMPLATE_NAME]: name } }, fill);
}

/** Runs `work` in `span`. An HttpError thrown, or an end by signal, is an outcome and noted as such; anything else is a failure. */
async function outcomeSpan<T>(span: Span, work: () => T, before: (span: Span) => void = () => {}): Promise<Awaited<T>> {
  try {
    return await context.with(within(span), work);
  } catch (error) {
    if (error instanceof HttpError || isAbort(error)) {
      note(span, 'raised', { [names.ATTR_RAISED]: `${error.name}: ${error.message}` });
    } else failSpan(span, errorType(error), error);
    throw error;
  } finally {
    before(span);
    endSpan(span);
  }
}
