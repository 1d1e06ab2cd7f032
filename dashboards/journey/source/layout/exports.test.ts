// What leaves the page for other tools: nothing in a trace is obeyed by them, and Chrome's events nest.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../../../tests/support/traces/any-trace.ts';
import { inTime, treeOf } from '../../../../traces/tree.ts';
import { chromeTraceOf } from './chrome-trace.ts';
import { mermaidOf } from './mermaid.ts';
import type { Message, Sequence } from './sequence.ts';

const diagram = (text: string): Sequence => ({
  participants: [{ id: 'a', label: text, service: 'a' }],
  messages: [{ kind: 'self', from: 'a', to: 'a', text } as Message],
  more: 0,
});
const lineOf = (text: string) => mermaidOf(diagram(text)).split('\n')[2];

test.each([
  ['%%{init: {"theme":"dark"}}%%', '#37;#37;#123;init#58; #123;#34;theme#34;#58;#34;dark#34;#125;#125;#37;#37;'],
  ['wrap: x', 'wrap#58; x'],
  ['nowrap:x', 'nowrap#58;x'],
  ['$$x^2$$', '#36;#36;x#94;2#36;#36;'],
  ['a;b#c<br>&amp;', 'a#59;b#35;c#60;br#62;#38;amp#59;'],
  ['a\nb\u2028c\u0000d', 'a b c d'],
  ['half \ud83d', 'half #65533;'],
  ['📮', '#128238;'],
  ['', '-'],
  ['GET /jobs/1/ → 200', 'GET /jobs/1/ → 200'],
])('in a Mermaid diagram %j stands as text', (text, shown) => {
  expect(lineOf(text)).toBe(`  p0->>p0: ${shown}`);
});

test('a long text is cut between signs', () => {
  expect(lineOf('📮'.repeat(200))?.match(/#128238;/g)).toHaveLength(119);
});

test('any text is one line of a diagram, of harmless signs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(mermaidOf(diagram(text)).split('\n')).toHaveLength(4);
      expect(lineOf(text)?.replace('  p0->>p0: ', '')).not.toMatch(/[%$<>{}"&:\p{Cc}\p{Cs}]|;(?<!#\d+;)/u);
    }),
  );
});

type Event = { ph: string; pid: number; tid: number; ts: number; dur: number };
const eventsOf = (spans: Parameters<typeof inTime>[0]): Event[] =>
  JSON.parse(chromeTraceOf(treeOf(inTime(spans)))).traceEvents.filter(({ ph }: Event) => ph === 'X');

test('any trace: every span is one of Chrome’s events, and on one thread they lie beside or within each other', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const events = eventsOf(spans);
      expect(events).toHaveLength(spans.length);
      for (const [index, a] of events.entries()) {
        for (const b of events.slice(index + 1).filter(({ pid, tid }) => pid === a.pid && tid === a.tid)) {
          const isBeside = a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts;
          const isWithin =
            (a.ts <= b.ts && b.ts + b.dur <= a.ts + a.dur) || (b.ts <= a.ts && a.ts + a.dur <= b.ts + b.dur);
          expect(isBeside || isWithin).toBe(true);
        }
      }
    }),
  );
});
