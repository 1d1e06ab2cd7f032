// Draws a trace in the terminal. On a wide one, levels are indented by three columns and details stand beside the bars; on a narrower
// one, levels are indented by one column, then details are left out, then bars are shorter.
//
//   dynamic: GET http://tatis.test/ → 200 in 21.4 ms
//
//   visitor  visit                      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  21.40 ms  200
//   visitor  ├─ DNS lookup              ━━━━━━━━                               4.71 ms  203.0.113.10
//   dns      │  └─ resolve               ━━━━━━                                3.90 ms  miss
//   …
//   trace 0af7651916cd43dd8448eb211c80319c · 21 spans · complete
//   http://127.0.0.1:8190/traces/0af7651916cd43dd8448eb211c80319c

import type { JudgedTrace } from '../../services/visitor/api.ts';
import type { Finding } from '../../traces/diagnosis/finding.ts';
import { hintSentences } from '../../traces/hints.ts';
import { printable } from '../../traces/printable.ts';
import { stallSentence } from '../../traces/stalls.ts';
import { actionOf } from '../../traces/titles.ts';
import { LATE_REMARK, layOut, type Row, type Waterfall } from '../../traces/waterfall.ts';
import { drawInShort } from './draw-findings.ts';
import { colourOf, columns, cut, padEnd, shownService, style, widest, wrap } from './screen.ts';
import type { Outcome, Task } from './send.ts';

/** From this number of columns on, levels are indented by three. */
const WIDE = 110;
const MIN_BAR = 6;
const MAX_BAR = 60;
const MIN_DETAIL = 12;
const TIME = 9;
/** A service's name comes from the trace. */
export const MAX_SERVICE = 24;

/** One visit as text: headline, waterfall, what is wrong with it, its addresses. */
export function drawVisit(
  title: string,
  outcome: Outcome & { findings?: readonly Finding[] },
  width = columns(),
): string {
  const { method, url, status, durationMs, spans, spanCount } = outcome;
  const answer = status === null ? 'no answer' : String(status);
  return [
    `${style('bold', `${title}: ${method} ${url} → ${answer}`)} in ${durationMs.toFixed(1)} ms`,
    '',
    ...drawRows(layOut(spans, spanCount), width),
    '',
    ...problems(outcome),
    ...drawInShort(outcome.findings ?? [], outcome.traceId, width),
    ...[stallSentence(spans), ...hintSentences(spans)]
      .flatMap((sentence) => wrap(sentence, width))
      .filter((line) => line !== ''),
    ...closing(outcome),
    '',
  ].join('\n');
}

/** The trace of the work that a background worker did for a visit. */
export function drawTask(task: Task, width = columns()): string {
  const headline = style('bold', 'afterwards, by a background worker, in a trace of its own:');
  return [headline, '', ...drawRows(layOut(task.spans, task.spanCount), width), '', ...closing(task), ''].join('\n');
}

/** What is wrong with a visit, one line each; none when it is as the contract says. */
export function problems({ task, ok, status, failure, ...trace }: Outcome): string[] {
  if (ok) return [];
  const traces = task ? [trace, task] : [trace];
  const missing = traces.flatMap((each) => each.missing);
  const unexpected = traces.flatMap((each) => each.unexpected);
  const complete = traces.every((each) => each.complete);
  return [
    ...(complete ? [] : ['incomplete: the spans listed as missing did not arrive in time']),
    ...missing.map((each) => `missing: ${each}`),
    ...unexpected.map((each) => `unexpected: ${each}`),
    ...(complete && unexpected.length === 0 ? [failure ?? `unexpected status: ${status}`] : []),
  ].map((line) => style('red', `✗ ${line}`));
}

function drawRows({ rows, duration, remark }: Waterfall, width: number): string[] {
  const service = Math.min(widest(rows.map(({ span }) => shownService(span.service))), MAX_SERVICE);
  const labels = rows.map(({ span, receiver, follows }) => labelOf(actionOf(span, receiver), follows, width));
  const label = Math.min(widest(labels), width - service - TIME - 2 * 3 - MIN_BAR);
  const { bar, detail } = share(width - service - label - TIME - 2 * 3);
  const lines = rows.map((row, index) => {
    const { service: name, duration: took, error } = row.span;
    const line = [
      style(colourOf(name), padEnd(cut(shownService(name), service), service)),
      padEnd(cut(labels[index] ?? '', label), label),
      style(error === null ? colourOf(name) : 'red', barOf(row, duration, bar)),
      `${took.toFixed(took < 10_000 ? 2 : 0)} ms`.padStart(TIME),
      ...(detail > 0 ? [style(error === null ? 'dim' : 'red', cut(row.detail.replace(/\s+/g, ' '), detail))] : []),
    ];
    return line.join('  ').trimEnd();
  });
  const notes = rows.some(({ late }) => late) ? wrap(LATE_REMARK, width).map((line) => style('dim', line)) : [];
  return [
    ...lines,
    ...(remark === '' ? [] : ['', style('bold', remark)]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ];
}

/** The columns of the bar and of the detail, which is 2 apart, of those that are left. */
function share(left: number): { bar: number; detail: number } {
  if (left < MIN_BAR + 2 + MIN_DETAIL) return { bar: Math.min(left, MAX_BAR), detail: 0 };
  const bar = Math.min(Math.max(MIN_BAR, Math.round(left * 0.5)), MAX_BAR);
  return { bar, detail: left - bar - 2 };
}

/** A span's title with the branches that lead to it; `follows` says for each level whether siblings come below. */
export function labelOf(title: string, follows: readonly boolean[], width: number): string {
  const step = width >= WIDE ? 3 : 1;
  const branches = follows.map((more, level) => {
    const isOwn = level === follows.length - 1;
    if (isOwn) return step === 1 ? (more ? '├' : '└') : more ? '├─ ' : '└─ ';
    return (more ? '│' : ' ').padEnd(step);
  });
  return branches.join('') + printable(title);
}

function barOf({ span, offset }: Row, duration: number, width: number): string {
  const column = (ms: number) => Math.round((width * ms) / (duration || 1));
  const start = Math.min(column(offset), width - 1);
  const length = Math.max(1, Math.min(column(span.duration), width - start));
  return `${' '.repeat(start)}${'━'.repeat(length)}`.padEnd(width);
}

function closing({ traceId, spanCount, complete, extra, page, jaeger }: JudgedTrace): string[] {
  const others = extra.length === 0 ? '' : ` (${extra.length} of other instrumentations)`;
  return [
    `trace ${printable(traceId)} · ${spanCount} spans${others}${complete ? ' · complete' : ''}`,
    style('underline', page),
    ...(jaeger === null ? [] : [style('underline', jaeger)]),
  ];
}
