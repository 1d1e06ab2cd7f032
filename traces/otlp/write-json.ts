// OTLP's traces as JSON that read-json.ts reads back the same.

import type { TracesData } from './types.ts';

/** The text of `data`: what JSON has no number for is a string. */
export function writeTraces(data: unknown): string {
  return JSON.stringify(data, (_key, value) => {
    if (typeof value !== 'number') return value;
    return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
  });
}

/** The part of `data` that is of one trace, with its resources and scopes as they are. */
export function pickTrace(data: TracesData, traceId: string): TracesData {
  const resourceSpans = data.resourceSpans.flatMap((each) => {
    const scopeSpans = each.scopeSpans.flatMap((scoped) => {
      const spans = scoped.spans.filter((span) => span.traceId === traceId);
      return spans.length === 0 ? [] : [{ ...scoped, spans }];
    });
    return scopeSpans.length === 0 ? [] : [{ ...each, scopeSpans }];
  });
  return { resourceSpans };
}
