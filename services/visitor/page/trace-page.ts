// A trace as plain HTML, for browsers without scripts: the waterfall, and behind each row what happened in the span, its attributes,
// events and bytes.

import { TraceBackendUnavailable, type WaitedTrace, waitForTrace } from '../../../traces/jaeger.ts';
import { parseTraceId, shownName, type TraceSpan } from '../../../traces/model.ts';
import { escapeHtml, printable } from '../../../traces/printable.ts';
import { serviceClass } from '../../../traces/service-styles.ts';
import { sinceLastEnd } from '../../../traces/settled.ts';
import { storyOf } from '../../../traces/story.ts';
import { layOut, type Row, type Waterfall } from '../../../traces/waterfall.ts';
import { wireFields } from '../../../traces/wire/fields.ts';
import type { WireField } from '../../../traces/wire/reader.ts';
import type { PlainPage } from './document.ts';

/** For how long, in ms, a trace whose spans end in the future is polled for more spans: a sender's clock is ahead. */
const CLOCK_AHEAD_WAIT_MS = 1500;

/** A longer value is cut. */
const MAX_LENGTH = 10_000;

/**
 * The page of one trace: 400 for an invalid trace id, 404 for an unknown one, 502 when traces cannot be read, else 200. It waits up
 * to `timeoutMs` for the trace to be complete, and then shows the spans that have arrived.
 */
export async function tracePage(id: string, jaegerUrl: string, timeoutMs: number): Promise<PlainPage> {
  const traceId = parseTraceId(id);
  if (traceId === undefined) {
    return noTrace(
      400,
      `"${printable(id.slice(0, 60))}" is not a trace id. A trace id has 32 hexadecimal digits (0 to 9, a to f).`,
    );
  }
  try {
    let found = await waitForTrace(jaegerUrl, traceId, { timeoutMs });
    const isAhead = !found.complete && sinceLastEnd(found.spans) < 0;
    if (isAhead) found = await waitForTrace(jaegerUrl, traceId, { timeoutMs: CLOCK_AHEAD_WAIT_MS });
    if (found.spans.length === 0) {
      const why =
        'A new trace takes a moment to arrive: reload this page. Old traces are deleted when the store is full.';
      return noTrace(404, `There is no trace with the id ${traceId}. ${why}`);
    }
    return { status: 200, title: `Trace ${traceId}`, html: waterfall(found), again: !found.complete };
  } catch (error) {
    if (error instanceof TraceBackendUnavailable)
      return noTrace(502, `${error.message}. Is it running? Then reload this page.`);
    throw error;
  }
}

function noTrace(status: number, message: string): PlainPage {
  return { status, title: 'No trace to show', html: `<p>${escapeHtml(message)}</p>` };
}

function waterfall({ spans, total, complete }: WaitedTrace): string {
  const laidOut = layOut(spans, total);
  const sentences = Map.groupBy(storyOf(spans), ({ node }) => node.span);
  const services = [...new Set(spans.map(({ service }) => shownName(service)))].join(', ');
  const count = total === 1 ? '1 step (span)' : `${total} steps (spans)`;
  const summary = `${count} in ${services}; ${laidOut.duration.toFixed(1)} ms in all. Each bar shows when a step ran. Click a row to read what happened there.`;
  const remarks = [
    laidOut.remark && `This page ${laidOut.remark}.`,
    complete ? '' : 'The trace is not complete yet: this page reloads every second until it is.',
  ];
  return `
    <p>${shown(summary)} <strong>${remarks.join(' ')}</strong></p>
    ${laidOut.rows.map((row) => rowHtml(row, laidOut, sentences.get(row.span) ?? [])).join('')}`;
}

function rowHtml({ span, follows, offset, detail }: Row, { duration }: Waterfall, story: { text: string }[]): string {
  const percent = (ms: number) => `${((100 * ms) / (duration || 1)).toFixed(2)}%`;
  const sentences = story.map(({ text }) => `<p>${shown(text)}</p>`);
  return `
    <details class="row ${serviceClass(span.service)}${span.error === null ? '' : ' failed'}">
      <summary>
        <span class="service">${shown(shownName(span.service))}</span>
        <span class="name">${'<i></i>'.repeat(follows.length)}${shown(shownName(span.name))} <span class="detail">${shown(detail)}</span></span>
        <svg class="track"><rect x="${percent(offset)}" width="${percent(span.duration)}" height="100%" rx="2"/></svg>
        <span class="ms">${span.duration.toFixed(2)} ms</span>
      </summary>
      <div class="says">${sentences.join('')}<dl>${attributeList(span)}</dl></div>
    </details>`;
}

function attributeList({ attributes, events, start }: TraceSpan): string {
  const entry = (term: string, html: string) => `<dt>${shown(shownName(term))}</dt><dd>${html}</dd>`;
  return [
    ...Object.entries(attributes).map(([name, value]) => entry(name, valueHtml(name, value))),
    ...events.map(({ name, time, attributes }) => {
      const values = Object.entries(attributes).map(([key, value]) => `${shownName(key)}=${valueText(value)}`);
      const moment = time === 0 ? '(no time)' : `+${(time - start).toFixed(2)} ms`;
      return entry(moment, shown([shownName(name), ...values].join(' ')));
    }),
  ].join('');
}

function valueHtml(name: string, value: unknown): string {
  const fields = typeof value === 'string' ? wireFields(name, value) : undefined;
  return fields ? bytesTable(String(value), fields) : shown(valueText(value));
}

/** Bytes in hex, each range with its meaning. */
function bytesTable(hex: string, fields: readonly WireField[]): string {
  const ranges = fields.map(
    ({ start, end, part, name, value }) =>
      `<tr><td>${start}</td><td><code>${hex.slice(2 * start, 2 * end)}</code></td><td>${escapeHtml(`${part}: ${name}`)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="wire"><thead><tr><th>byte</th><th>hex</th><th>field</th><th>value</th></tr></thead><tbody>${ranges.join('')}</tbody></table>`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)` : text;
}

/** Text from a span, which may come from anybody: as HTML, with control characters made visible. */
function shown(foreign: string): string {
  return escapeHtml(printable(foreign));
}
