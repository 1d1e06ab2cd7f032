// What is wrong with a trace, in the terminal.
//
//   ✗ proxy → gateway  The trace ends at the call proxy GET; 4 ms later trace 7f3… begins at gateway with no parent: the context …
//     12:04:31.120     → The context travels in the header traceparent. Check that …
//                      "Because the traceparent header is not received, the vendor creates a new trace-id …"
//                      https://www.w3.org/TR/trace-context-2/#no-traceparent-received
//                      proxy GET http://127.0.0.1:8190/traces/4bf9…?span=00f0…

import type { Evidence, Finding } from '../../traces/diagnosis/finding.ts';
import { printable } from '../../traces/printable.ts';
import { columns, cut, padEnd, style, wrap } from './screen.ts';

const HOP = 22;

/** The findings, one below the other; a sentence where there are none. */
export function drawFindings(findings: readonly Finding[], visitorUrl: string, width = columns()): string {
  if (findings.length === 0) return 'Nothing is wrong with this trace.';
  return findings.map((each) => drawFinding(each, visitorUrl, width - HOP - 3)).join('\n\n');
}

/** The spans of other traces that link to one, a paragraph; none without any. */
export function drawLinks(linkedFrom: readonly Evidence[], visitorUrl: string): string[] {
  if (linkedFrom.length === 0) return [];
  return [['Linked from:', ...linkedFrom.map((each) => `  ${addressOf(each, visitorUrl)}`)].join('\n')];
}

/** What is wrong with a trace in a line each, and where to read on; none where nothing is. */
export function drawInShort(findings: readonly Finding[], traceId: string, width = columns()): string[] {
  if (findings.length === 0) return [];
  const lines = findings.flatMap(({ message }) => wrap(`! ${printable(message)}`, width));
  return [...lines.map((line) => style('yellow', line)), `  npm run doctor -- --trace ${printable(traceId)}`];
}

function drawFinding(
  { hop, message, since, repair, rule, evidence, spanCount }: Finding,
  visitorUrl: string,
  room: number,
) {
  const more = spanCount > evidence.length ? [`and ${spanCount - evidence.length} more spans`] : [];
  const lines = [
    ...wrap(printable(message), room),
    ...wrap(`→ ${repair}`, room),
    ...wrap(`"${rule.text}"`, room).map((line) => style('dim', line)),
    style('dim', rule.url),
    ...evidence.map((each) => addressOf(each, visitorUrl)),
    ...more,
  ];
  const left = [padEnd(cut(printable(hop), HOP), HOP), padEnd(new Date(since).toISOString().slice(11, 23), HOP)];
  return lines
    .map((line, at) => `${at === 0 ? style('red', '✗') : ' '} ${left[at] ?? ' '.repeat(HOP)} ${line}`)
    .join('\n');
}

function addressOf({ traceId, spanId, label }: Evidence, visitorUrl: string): string {
  return printable(`${label} ${visitorUrl}/traces/${traceId}?span=${spanId}`);
}
