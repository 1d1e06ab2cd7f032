// A file of spans that somebody opens: OTLP's JSON, whole or as Jaeger's API answers it. Nothing in it is trusted: what is no
// span is left out and counted, what is no such file is refused in a sentence.

import { spansOf, type TraceSpan, type TracesData } from '../../../../traces/model.ts';

/** A file cannot be shown; the message says why, for people. */
export class NotReadable extends Error {}

export type Imported = {
  /** The traces of the file, the one with most spans first. */
  traces: { traceId: string; spans: TraceSpan[] }[];
  /** How many entries were no spans. */
  leftOut: number;
};

/** No file is larger: a browser would stand still. */
export const LARGEST = 100 * 1024 * 1024;
const MOST_SPANS = 100_000;

/** Reads a file's text. Throws NotReadable. */
export function readFile(text: string): Imported {
  const data = tracesIn(parse(text));
  const counted = { spans: 0, leftOut: 0 };
  const checked = check(data, counted);
  if (counted.spans > MOST_SPANS)
    throw new NotReadable(`The file has ${counted.spans} spans; this page shows up to ${MOST_SPANS}.`);
  const spans = spansOf(checked);
  if (spans.length === 0) throw new NotReadable('The file has no span in it.');
  const traces = [...Map.groupBy(spans, ({ traceId }) => traceId)]
    .map(([traceId, list]) => ({ traceId, spans: list }))
    .sort((a, b) => b.spans.length - a.spans.length);
  return { traces, leftOut: counted.leftOut };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotReadable(`This is no JSON: ${(error as Error).message}.`);
  }
}

function tracesIn(content: unknown): unknown[] {
  const places = [content, field(content, 'result'), field(field(content, 'result'), 'data'), field(content, 'data')];
  for (const place of places) {
    const found = field(place, 'resourceSpans');
    if (Array.isArray(found)) return found;
  }
  throw new NotReadable('This is JSON, but not of OpenTelemetry (OTLP): it has no "resourceSpans".');
}

function check(resourceSpans: unknown[], counted: { spans: number; leftOut: number }): TracesData {
  return {
    resourceSpans: resourceSpans.map((each) => ({
      resource: { attributes: attributesIn(field(each, 'resource')) },
      scopeSpans: listIn(each, 'scopeSpans').map((scoped) => {
        const spans = listIn(scoped, 'spans').flatMap(checkSpan);
        counted.spans += spans.length;
        counted.leftOut += listIn(scoped, 'spans').length - spans.length;
        return { scope: { name: string(field(field(scoped, 'scope'), 'name')) }, spans };
      }),
    })),
  } as TracesData;
}

function checkSpan(span: unknown) {
  const start = time(field(span, 'startTimeUnixNano'));
  const spanId = string(field(span, 'spanId'));
  if (start === null || spanId === '') return [];
  return [
    {
      traceId: string(field(span, 'traceId')),
      spanId,
      parentSpanId: string(field(span, 'parentSpanId')),
      name: string(field(span, 'name')),
      kind: Number(field(span, 'kind')) || 1,
      startTimeUnixNano: start,
      endTimeUnixNano: time(field(span, 'endTimeUnixNano')) ?? start,
      attributes: attributesIn(span),
      events: listIn(span, 'events').map((event) => ({
        name: string(field(event, 'name')),
        timeUnixNano: time(field(event, 'timeUnixNano')) ?? start,
        attributes: attributesIn(event),
      })),
      links: listIn(span, 'links').map((link) => ({
        traceId: string(field(link, 'traceId')),
        spanId: string(field(link, 'spanId')),
      })),
      status: {
        code: Number(field(field(span, 'status'), 'code')) || 0,
        message: string(field(field(span, 'status'), 'message')),
      },
    },
  ];
}

function attributesIn(holder: unknown) {
  return listIn(holder, 'attributes').flatMap((attribute) => {
    const key = field(attribute, 'key');
    const value = field(attribute, 'value');
    return typeof key === 'string' ? [{ key, value: typeof value === 'object' && value !== null ? value : {} }] : [];
  });
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[name] : undefined;
}

function listIn(holder: unknown, name: string): unknown[] {
  const found = field(holder, name);
  return Array.isArray(found) ? found : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function time(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && /^\d{1,19}$/.test(text) ? text : null;
}
