// A trace as plain HTML: the waterfall, and behind each row what the letter story, the span and its bytes say.

import { findSpec } from '../../../otel/contract/index.ts';
import { type Found, TracesAway, waitForTrace } from '../../../traces/jaeger.ts';
import { parseTraceId, shownName, type TraceSpan, type Values } from '../../../traces/model.ts';
import { escapeHtml, printable } from '../../../traces/printable.ts';
import { serviceClass } from '../../../traces/service-styles.ts';
import { sinceLastEnd } from '../../../traces/settled.ts';
import { layOut, type Row, type Waterfall } from '../../../traces/waterfall.ts';
import { wireFields } from '../../../traces/wire/fields.ts';
import type { WireField } from '../../../traces/wire/reader.ts';
import type { PlainPage } from './document.ts';

/** How long it is watched whether more spans of a trace arrive, in ms. */
const WATCHED_MS = 1500;

/** A longer value is cut. */
const MAX_LENGTH = 10_000;

/**
 * The page of one trace: 200, 400 for what is no trace id, 404 for an unknown one, 502 without a Jaeger. For one that has not
 * arrived whole it waits `patience` ms, and then shows what there is.
 */
export async function tracePage(id: string, jaegerUrl: string, patience: number): Promise<PlainPage> {
  const traceId = parseTraceId(id);
  if (traceId === undefined) return problem(400, 'This is no trace id: 32 hexadecimal digits make one.');
  try {
    let found = await waitForTrace(jaegerUrl, traceId, { timeoutMs: patience });
    // A clock that is ahead says nothing of when they came: it is watched whether more do.
    const isAhead = !found.complete && sinceLastEnd(found.spans) < 0;
    if (isAhead) found = await waitForTrace(jaegerUrl, traceId, { timeoutMs: WATCHED_MS });
    if (found.spans.length === 0) return problem(404, `No trace ${traceId} is filed here (yet). Reload to look again.`);
    return { status: 200, title: `Trace ${traceId}`, html: waterfall(found), again: !found.complete };
  } catch (error) {
    if (error instanceof TracesAway) return problem(502, `${error.message}.`);
    throw error;
  }
}

function problem(status: number, message: string): PlainPage {
  return { status, title: 'No trace to show', html: `<p>${escapeHtml(message)}</p>` };
}

function waterfall({ spans, total, complete }: Found): string {
  const laidOut = layOut(spans, total);
  const services = [...new Set(spans.map(({ service }) => shownName(service)))].join(', ');
  const summary = `${total} spans of ${services}; ${laidOut.duration.toFixed(1)} ms. Click one to read what it says.`;
  const remarks = [
    laidOut.remark && `This page ${laidOut.remark}.`,
    complete ? '' : 'Not complete yet: reload to look again.',
  ];
  return `
    <p>${shown(summary)} <strong>${remarks.join(' ')}</strong></p>
    ${laidOut.rows.map((row) => rowOf(row, laidOut)).join('')}`;
}

function rowOf({ span, follows, offset, detail }: Row, { duration }: Waterfall): string {
  const percent = (ms: number) => `${((100 * ms) / (duration || 1)).toFixed(2)}%`;
  return `
    <details class="row ${serviceClass(span.service)}${span.error === null ? '' : ' failed'}">
      <summary>
        <span class="service">${shown(shownName(span.service))}</span>
        <span class="name">${'<i></i>'.repeat(follows.length)}${shown(shownName(span.name))} <span class="detail">${shown(detail)}</span></span>
        <svg class="track"><rect x="${percent(offset)}" width="${percent(span.duration)}" height="100%" rx="2"/></svg>
        <span class="ms">${span.duration.toFixed(2)} ms</span>
      </summary>
      <div class="says">${particulars(span)}</div>
    </details>`;
}

function particulars(span: TraceSpan): string {
  const sentence = findSpec(span)?.sentence;
  const attributes = Object.entries(span.attributes).map(([name, value]) => entry(name, saidOf(name, value)));
  const moments = span.events.map(({ name, time, attributes }) =>
    entry(momentOf(time, span), shown(`${shownName(name)} ${listed(attributes)}`)),
  );
  return `${sentence ? `<p>${escapeHtml(sentence)}</p>` : ''}<dl>${[...attributes, ...moments].join('')}</dl>`;
}

function momentOf(time: number, span: TraceSpan): string {
  return time === 0 ? '(no time)' : `+${(time - span.start).toFixed(2)} ms`;
}

function entry(term: string, html: string): string {
  return `<dt>${shown(shownName(term))}</dt><dd>${html}</dd>`;
}

function saidOf(name: string, value: unknown): string {
  const fields = typeof value === 'string' ? wireFields(name, value) : undefined;
  return fields ? bytes(String(value), fields) : shown(text(value));
}

/** Bytes in hex, each range with what it says. */
function bytes(hex: string, fields: readonly WireField[]): string {
  const ranges = fields.map(
    ({ start, end, part, name, value }) =>
      `<tr><td>${start}</td><td><code>${hex.slice(2 * start, 2 * end)}</code></td><td>${escapeHtml(`${part}: ${name}`)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="wire"><thead><tr><th>byte</th><th>hex</th><th>field</th><th>says</th></tr></thead><tbody>${ranges.join('')}</tbody></table>`;
}

function listed(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${shownName(name)}=${text(value)}`)
    .join(' ');
}

function text(value: unknown): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  return whole.length > MAX_LENGTH ? `${whole.slice(0, MAX_LENGTH)}… (${whole.length} characters)` : whole;
}

/** Text of a span, safe and visible: what it says comes from anybody. */
function shown(foreign: string): string {
  return escapeHtml(printable(foreign));
}
