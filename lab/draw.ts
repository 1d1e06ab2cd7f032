// Draws a trace in the terminal:
//
//   dynamic: GET http://tatis.test/ → 200 in 21.4 ms
//
//   visitor  visit                      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  21.40 ms
//   visitor  ├─ DNS lookup              ━━━━━━━━                               4.71 ms  203.0.113.10
//   dns      │  └─ resolve               ━━━━━━                                3.90 ms  miss
//   …
//   trace 0af7651916cd43dd8448eb211c80319c · 21 spans · complete
//   http://127.0.0.1:8190/traces/0af7651916cd43dd8448eb211c80319c

import { styleText } from 'node:util';
import { shownName } from '../traces/model.ts';
import { own } from '../traces/own.ts';
import { printable } from '../traces/printable.ts';
import { layOut, type Row } from '../traces/waterfall.ts';
import type { Outcome } from './send.ts';
import { services } from './services.ts';

const BAR_WIDTH = 36;
const DETAIL_WIDTH = 48;
type Style = Parameters<typeof styleText>[0];

/** One visit as text: headline, waterfall, what is wrong with it, where to read on. Colours only on a terminal. */
export function drawVisit(title: string, outcome: Outcome): string {
  const { method, url, status, durationMs, spans, spanCount } = outcome;
  const answer = status === null ? 'no answer' : String(status);
  return [
    `${style('bold', `${title}: ${method} ${url} → ${answer}`)} in ${durationMs.toFixed(1)} ms`,
    '',
    ...drawRows(spans, spanCount),
    '',
    ...problems(outcome),
    ...closing(outcome),
    '',
  ].join('\n');
}

/** Text in a style, where the output shows styles. */
export function style(format: Style, text: string): string {
  return styleText(format, printable(text), { stream: process.stdout });
}

/** How a service's name is coloured. */
export function colourOf(service: string): Style {
  return own(services, service)?.colour ?? 'white';
}

/** What is wrong with a visit, one line each; none when it is as the contract says. */
export function problems({ complete, missing, unexpected, ok, status }: Outcome): string[] {
  if (ok) return [];
  return [
    ...(complete ? [] : ['not complete: the spans below as missing did not arrive in time']),
    ...missing.map((each) => `missing: ${each}`),
    ...unexpected.map((each) => `unexpected: ${each}`),
    ...(complete && unexpected.length === 0 ? [`unexpected status: ${status}`] : []),
  ].map((line) => style('red', `✗ ${line}`));
}

function drawRows(spans: Outcome['spans'], total: number): string[] {
  const { rows, duration, remark } = layOut(spans, total);
  const serviceWidth = Math.max(...rows.map(({ span }) => shownService(span.service).length));
  const nameWidth = Math.max(...rows.map((row) => labelOf(row.span.name, row.follows).length));
  const lines = rows.map((row) => {
    const { service, duration: took, error } = row.span;
    const line = [
      style(colourOf(service), shownService(service).padEnd(serviceWidth)),
      labelOf(row.span.name, row.follows).padEnd(nameWidth),
      style(error === null ? colourOf(service) : 'red', barOf(row, duration)),
      `${took.toFixed(2).padStart(8)} ms`,
      style(error === null ? 'dim' : 'red', cut(row.detail)),
    ];
    return line.join('  ').trimEnd();
  });
  return remark === '' ? lines : [...lines, '', style('bold', remark)];
}

/** The name of a service as it is printed. */
export function shownService(service: string): string {
  return printable(shownName(service));
}

/** A span's name with the branches that lead to it; `follows` says for each level whether siblings come below. */
export function labelOf(name: string, follows: readonly boolean[]): string {
  const branches = follows.map((more, level) => {
    const isOwn = level === follows.length - 1;
    if (isOwn) return more ? '├─ ' : '└─ ';
    return more ? '│  ' : '   ';
  });
  return branches.join('') + printable(shownName(name));
}

function barOf({ span, offset }: Row, duration: number): string {
  const column = (ms: number) => Math.round((BAR_WIDTH * ms) / (duration || 1));
  const start = Math.min(column(offset), BAR_WIDTH - 1);
  const length = Math.max(1, Math.min(column(span.duration), BAR_WIDTH - start));
  return `${' '.repeat(start)}${'━'.repeat(length)}`.padEnd(BAR_WIDTH);
}

function cut(detail: string): string {
  const line = printable(detail.replace(/\s+/g, ' '));
  return line.length > DETAIL_WIDTH ? `${line.slice(0, DETAIL_WIDTH - 1)}…` : line;
}

function closing({ traceId, spanCount, complete, extra, page, jaeger }: Outcome): string[] {
  const others = extra.length === 0 ? '' : ` (${extra.length} of other instrumentations)`;
  return [
    `trace ${printable(traceId)} · ${spanCount} spans${others}${complete ? ' · complete' : ''}`,
    style('underline', page),
    ...(jaeger === null ? [] : [style('underline', jaeger)]),
  ];
}
