// A sequence as Mermaid text, https://mermaid.js.org/syntax/sequenceDiagram.html

import type { Sequence } from './sequence.ts';

/** A longer text is cut. */
const MAX_LENGTH = 120;
/** What means nothing to Mermaid in a text. Its directives, comments, `wrap:`, math and markup are made of the others. */
const OTHERS = /[^\p{L}\p{M}\p{N} .,/()_=?!+*'|~→✗…-]/gu;

/** The diagram as Mermaid text. */
export function mermaidOf({ participants, messages }: Sequence): string {
  const names = new Map(participants.map(({ id }, index) => [id, `p${index}`]));
  const arrow = { ask: '->>', answer: '-->>', self: '->>' };
  return [
    'sequenceDiagram',
    ...participants.map(({ id, label }) => `  participant ${names.get(id)} as ${plain(label)}`),
    ...messages.map(({ kind, from, to, text }) => `  ${names.get(from)}${arrow[kind]}${names.get(to)}: ${plain(text)}`),
    '',
  ].join('\n');
}

/** Text that is shown and not obeyed: other signs stand as their numbers. */
function plain(text: string): string {
  const signs = [...text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')];
  const shown = signs.length > MAX_LENGTH ? [...signs.slice(0, MAX_LENGTH - 1), '…'] : signs;
  return (
    shown
      .join('')
      .trim()
      .replace(OTHERS, (sign) => `#${sign.codePointAt(0)};`) || '-'
  );
}
