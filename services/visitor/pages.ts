// The visitor's plain pages: a trace as a waterfall, and a door mat that says what is here.

import { ATTR_DNS_MESSAGE_QUERY, ATTR_DNS_MESSAGE_REPLY } from '../../otel/contract/names.ts';
import { waitForTrace } from '../../otel/jaeger.ts';
import type { TraceSpan, Values } from '../../otel/trace.ts';
import { layOut, type Row, type Waterfall } from '../../otel/waterfall.ts';
import { dnsFields } from '../../otel/wire/dns.ts';

/** How long a page waits for a trace that has not arrived whole, in ms; then it shows what there is. */
const PATIENCE_MS = 2000;

/** Attributes that hold a DNS message in hex. */
const MESSAGES: string[] = [ATTR_DNS_MESSAGE_QUERY, ATTR_DNS_MESSAGE_REPLY];

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2433; background: #fbfaf7 }
  h1 { font-size: 1.3rem } code, .name, .ms { font-family: ui-monospace, monospace; font-size: .85rem }
  .scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; min-width: 46rem } th { text-align: left }
  td, th { padding: .15rem .5rem; vertical-align: top } tr:nth-child(even) { background: #f1efe8 }
  .bar { width: 40% } .track { position: relative; height: 1rem; margin-top: .2rem } .track i { position: absolute; height: 100%; min-width: 2px; background: #33658a; border-radius: 2px }
  .failed .track i { background: #b3261e } .failed .name, .failed .detail { color: #b3261e } .ms { text-align: right; white-space: nowrap }
  .name { white-space: pre } summary { cursor: pointer } dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .2rem 0 .6rem; font-size: .85rem }
  .wire { min-width: 0 } .wire code { overflow-wrap: anywhere }
  dt { color: #5a6270 } dd { margin: 0; overflow-wrap: anywhere }`;

/** The page of one trace and its HTTP status: 200, 400 for what is no trace id, 404 for an unknown one, 502 without a Jaeger. */
export async function tracePage(traceId: string, jaegerUrl: string): Promise<{ status: number; html: string }> {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return problem(400, 'This is no trace id: 32 hexadecimal digits make one.');
  try {
    const { spans, complete } = await waitForTrace(jaegerUrl, traceId, { timeoutMs: PATIENCE_MS });
    if (spans.length === 0) return problem(404, `No trace ${traceId} is filed here (yet). Reload to look again.`);
    return { status: 200, html: page(`Trace ${traceId}`, waterfall(traceId, spans, complete)) };
  } catch {
    return problem(502, `The place where traces are filed (${jaegerUrl}) does not answer.`);
  }
}

/** The page at `/`: what can be done here. */
export function homePage(jaegerUrl: string): string {
  const body = `
    <p>Send a letter and read its waybill: a trace of everything that happened to it.</p>
    <p><code>npm run fire dynamic</code> sends one; <code>npm run fire -- --list</code> tells which there are.</p>
    <p>Every page of the sites links to its own trace here. Traces are filed at <code>${escapeHtml(jaegerUrl)}</code>.</p>`;
  return page('Waybill', body);
}

function problem(status: number, message: string) {
  return { status, html: page('No trace to show', `<p>${escapeHtml(message)}</p>`) };
}

function waterfall(traceId: string, spans: TraceSpan[], complete: boolean): string {
  const laidOut = layOut(spans);
  const services = new Set(spans.map(({ service }) => service));
  const summary = `${spans.length} spans of ${[...services].join(', ')}; ${laidOut.duration.toFixed(1)} ms.`;
  return `
    <p>Trace <code>${traceId}</code>: ${escapeHtml(summary)}${complete ? '' : ' <strong>Not complete yet: reload to look again.</strong>'}</p>
    <div class="scroll"><table>
      <thead><tr><th>service</th><th>span</th><th>when</th><th class="ms">ms</th></tr></thead>
      <tbody>${laidOut.rows.map((row) => tableRow(row, laidOut)).join('')}</tbody>
    </table></div>`;
}

function tableRow({ span, follows, offset, detail }: Row, { duration }: Waterfall): string {
  const percent = (ms: number) => `${((100 * ms) / (duration || 1)).toFixed(2)}%`;
  return `
    <tr${span.error === null ? '' : ' class="failed"'}>
      <td>${escapeHtml(span.service)}</td>
      <td><details><summary class="name">${'  '.repeat(follows.length)}${escapeHtml(span.name)} <span class="detail">${escapeHtml(detail)}</span></summary>${particulars(span)}</details></td>
      <td class="bar"><div class="track"><i style="left:${percent(offset)};width:${percent(span.duration)}"></i></div></td>
      <td class="ms">${span.duration.toFixed(2)}</td>
    </tr>`;
}

function particulars({ attributes, events, start }: TraceSpan): string {
  const moments = events.map(({ name, time, attributes }) => [
    `+${(time - start).toFixed(2)} ms`,
    `${name} ${listed(attributes)}`,
  ]);
  const rows = [...Object.entries(attributes).map(([name, value]) => [name, text(value)]), ...moments];
  const shown = ([name = '', value = '']: string[]) => (MESSAGES.includes(name) ? message(value) : escapeHtml(value));
  return `<dl>${rows.map((row) => `<dt>${escapeHtml(row[0] ?? '')}</dt><dd>${shown(row as string[])}</dd>`).join('')}</dl>`;
}

/** A DNS message's bytes in hex, each range with what it says. */
function message(hex: string): string {
  const ranges = dnsFields(Buffer.from(hex, 'hex')).map(
    ({ start, end, part, name, value }) =>
      `<tr><td>${start}</td><td><code>${hex.slice(2 * start, 2 * end)}</code></td><td>${escapeHtml(`${part}: ${name}`)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="wire"><thead><tr><th>byte</th><th>hex</th><th>field</th><th>says</th></tr></thead><tbody>${ranges.join('')}</tbody></table>`;
}

function listed(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${text(value)}`)
    .join(' ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>${body}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
