// A lesson's Markdown: paragraphs as HTML; commands of a shell block as lines that can be copied, or sent from here.

import { Marked, type Tokens } from 'marked';
import { useMemo } from 'preact/hooks';
import { escapeHtml } from '../../../../traces/printable.ts';
import { CommandLine } from './command-line.tsx';

/** Lessons are files of the lab, but a teacher's may hold anything: HTML in them is shown, not obeyed. */
const marked = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    // What lies in the lab's folder is named, for a page cannot open it.
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      if (!/^https:\/\//.test(href)) return `${words} (<code>${escapeHtml(href.replace(/^(\.\.\/)+/, ''))}</code>)`;
      return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${words}</a>`;
    },
  },
});

export function Markdown({ text, onSent }: { text: string; onSent?: () => void }) {
  const tokens = useMemo(() => marked.lexer(text), [text]);
  return (
    <div class="markdown">
      {tokens.map((token, index) =>
        isShell(token) ? (
          <ul key={index} class="commands">
            {token.text.split('\n').map((line) => (
              <CommandLine key={line} line={line} onSent={onSent} />
            ))}
          </ul>
        ) : (
          <div key={index} dangerouslySetInnerHTML={{ __html: marked.parser([token]) }} />
        ),
      )}
    </div>
  );
}

function isShell(token: { type: string }): token is Tokens.Code {
  return token.type === 'code' && (token as Tokens.Code).lang === 'sh';
}
