// A file of spans: OTLP's JSON, as one message, as a message a line (the collector's file exporter) or as Jaeger's API answers
// it. It is read as the trace store reads what is sent to it; any other file is refused with the reason.

import { texts } from '#texts/open.tsx';
import { spansOf, type TraceSpan } from '../../../../traces/model.ts';
import { OtlpFormatError, parseOtlpJson, readTraces } from '../../../../traces/otlp/read-json.ts';
import type { Span, TracesData } from '../../../../traces/otlp/types.ts';

/** A file cannot be shown; the message explains why to the learner. */
export class NotReadable extends Error {}

export type ImportedFile = {
  /** All spans of the file. */
  data: TracesData;
  /** The traces of the file, the one with most spans first. */
  traces: { traceId: string; spans: TraceSpan[] }[];
  /** How many entries were not spans. */
  leftOut: number;
};

/** A larger file would block the browser. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_SPANS = 100_000;

/** Reads a file's text. Throws NotReadable. */
export function readFile(text: string): ImportedFile {
  const messages = messagesIn(text).map(tracesIn);
  const { data, leftOut } = withoutNameless(messages.flatMap(({ resourceSpans }) => resourceSpans));
  const count = data.resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .reduce((sum, { spans }) => sum + spans.length, 0);
  if (count > MAX_SPANS) throw new NotReadable(texts.tooManySpans(count, MAX_SPANS));
  if (count === 0) throw new NotReadable(texts.noSpan);
  const traces = [...Map.groupBy(spansOf(data), ({ traceId }) => traceId)]
    .map(([traceId, spans]) => ({ traceId, spans }))
    .sort((a, b) => b.spans.length - a.spans.length);
  return { data, traces, leftOut };
}

/** What the text holds: one value, or where its first line is one, a value a line. */
function messagesIn(text: string): unknown[] {
  try {
    return [parseOtlpJson(text)];
  } catch (error) {
    const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
    const [first, ...others] = lines.filter(({ line }) => line.trim() !== '');
    if (first === undefined || others.length === 0 || !isJson(first.line)) throw refusal(error);
    return [first, ...others].map(({ line, number }) => {
      try {
        return parseOtlpJson(line);
      } catch (wrong) {
        throw refusal(wrong, texts.lineIs(number));
      }
    });
  }
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

function tracesIn(content: unknown): TracesData {
  const result = member(content, 'result');
  for (const place of [content, result, member(result, 'data'), member(content, 'data')]) {
    if (member(place, 'resourceSpans') === undefined && member(place, 'resource_spans') === undefined) continue;
    try {
      return readTraces(place);
    } catch (error) {
      throw refusal(error);
    }
  }
  // A collector files them beside traces.
  if (['resourceMetrics', 'resourceLogs'].some((name) => member(content, name) !== undefined))
    return { resourceSpans: [] };
  throw new NotReadable(Array.isArray(member(content, 'data')) ? texts.jsonOfJaeger : texts.otherJson);
}

function refusal(error: unknown, where = ''): NotReadable {
  if (!(error instanceof OtlpFormatError)) throw error;
  return new NotReadable(texts.cannotBeRead(`${where}${error.message}`));
}

/** Leaves out spans without ids. */
function withoutNameless(resourceSpans: TracesData['resourceSpans']): { data: TracesData; leftOut: number } {
  let leftOut = 0;
  const isSpan = ({ traceId, spanId }: Span) => /[^0]/.test(traceId) && /[^0]/.test(spanId);
  const data = {
    resourceSpans: resourceSpans.map((each) => ({
      ...each,
      scopeSpans: each.scopeSpans.map((scoped) => {
        const spans = scoped.spans.filter(isSpan);
        leftOut += scoped.spans.length - spans.length;
        return { ...scoped, spans };
      }),
    })),
  };
  return { data, leftOut };
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[name] : undefined;
}
