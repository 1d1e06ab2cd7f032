// Opens and ends the spans of the contract, at the seams where one step calls the next; steps themselves stay free of it.
// Times come from the clock, names and kinds from the contract, so that code and contract cannot disagree.

import {
  type Context,
  context,
  INVALID_TRACEID,
  type Link,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { now } from './clock.ts';
import { ATTR_LINK_TRACE } from './contract/names.ts';
import { type AttributesOf, type NameOf, SCOPE, type SpanOf, type SpanSpec, spanNameOf } from './contract/spec.ts';
import { addExceptionEvent } from './event.ts';
import { learnerAttributes } from './learner.ts';

const tracer = trace.getTracer(SCOPE);
const open = new Set<Span>();

/** How to open a span: the words its name needs, its attributes, its parent (the active context unless given), its start. */
export type Opening<S extends SpanSpec> = NameOf<S> & {
  attributes?: AttributesOf<S>;
  parent?: Context;
  links?: Link[];
  startTime?: number;
};

/** Opens the span that `spec` describes; end it with `endSpan`. `startTime` is in ms since 1970. */
export function startSpan<S extends SpanSpec>(spec: S, opening: Opening<S>): SpanOf<S> {
  const { attributes, parent = context.active(), links = [], startTime = now() } = opening;
  const name = spanNameOf(spec, (opening as { words?: Record<string, string> }).words);
  const span = tracer.startSpan(name, { kind: spec.kind, links: links.map(findable), startTime }, parent);
  if (!span.isRecording()) return span;
  // Not with the start: the SDK would check and copy them twice, and for spans that are not sampled too.
  if (attributes) span.setAttributes(attributes);
  const learner = learnerAttributes(parent);
  if (learner) span.setAttributes(learner);
  open.add(span);
  return span;
}

/** A link that is found by the trace that it leads to: Jaeger searches attributes only. */
function findable({ context, attributes }: Link): Link {
  return { context, attributes: { [ATTR_LINK_TRACE]: context.traceId, ...attributes } };
}

/** Ends a span at `endTime` (ms since 1970, now unless given). */
export function endSpan(span: Span, endTime?: number): void {
  if (open.delete(span)) span.end(endTime ?? now());
}

/** Marks a span as failed: status, `error.type`, and (for a thrown error) the exception as an event. Does not end it. */
export function failSpan(span: Span, type: string, error?: unknown): void {
  const message = error instanceof Error ? error.message : undefined;
  span.setAttribute(ATTR_ERROR_TYPE, type).setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
  if (error !== undefined) addExceptionEvent(span, error);
}

/**
 * The context in which `span` is the active one: what children take as parent, and what is sent to the next hop.
 * In a process without instrumentation there is no span to speak of, and it is `parent` itself.
 */
export function contextWith(span: Span, parent: Context = context.active()): Context {
  return span.spanContext().traceId === INVALID_TRACEID ? parent : trace.setSpan(parent, span);
}

/**
 * Runs `step` inside the span that `spec` describes and ends the span when the step, or its promise, has settled.
 * What it throws is noted on the span (`error.type` is the error's `code`, else its name) and thrown on.
 */
export function inSpan<S extends SpanSpec, T>(spec: S, opening: Opening<S>, step: (span: SpanOf<S>) => T): T {
  const span = startSpan(spec, opening);
  const fail = (error: unknown): never => {
    failSpan(span, errorType(error), error);
    endSpan(span);
    throw error;
  };
  try {
    const result = context.with(contextWith(span, opening.parent), step, undefined, span);
    if (result instanceof Promise) {
      return result.then((value) => {
        endSpan(span);
        return value;
      }, fail) as T;
    }
    endSpan(span);
    return result;
  } catch (error) {
    return fail(error);
  }
}

/** Ends every open span with an error, so that a crashing process still exports its spans. */
export function endOpenSpans(type: string, error?: unknown): void {
  for (const span of open) {
    failSpan(span, type, error);
    endSpan(span);
  }
}

/** The machine code of an error for `error.type`: its `code` if it has one, else its class. */
export function errorType(error: unknown): string {
  if (error instanceof Error) return String((error as { code?: unknown }).code ?? error.name);
  return typeof error;
}
