// A lesson's Markdown: words of the glossary have their explanation; commands of a shell block can be copied or sent from here.
// Its pictures are left out: the learner's own journey is shown beside it.

import { Marked, type Token, type Tokens } from 'marked';
import { useMemo } from 'preact/hooks';
import { GLOSSARY, glossaryLink } from '../../../../otel/contract/glossary.ts';
import { escapeHtml } from '../../../../traces/printable.ts';
import { Term } from '../frame/glossary.tsx';
import { CommandLine } from './command-line.tsx';
import { withReachedAddresses } from './reached.ts';

/** HTML in a lesson is shown as text: a teacher's lesson may contain anything. */
const marked = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: () => '',
    // A file of the lab's folder is named: a page cannot open it.
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      if (GLOSSARY_LINK.test(href)) return words;
      if (!/^https?:\/\//.test(href)) return `${words} (<code>${escapeHtml(href.replace(/^(\.\.\/)+/, ''))}</code>)`;
      return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${words}</a>`;
    },
  },
});

const GLOSSARY_LINK = /glossary\.md#([\w-]+)$/;

export function Markdown({ text, onSent }: { text: string; onSent?: (traceIds: string[]) => void }) {
  const tokens = useMemo(() => marked.lexer(withReachedAddresses(text, new URL(location.href))), [text]);
  return (
    <div class="markdown">
      {tokens.map((token, index) =>
        isShell(token) ? (
          <ul key={index} class="commands">
            {token.text.split('\n').map((line) => (
              <CommandLine key={line} line={line} onSent={onSent ?? (() => {})} />
            ))}
          </ul>
        ) : token.type === 'paragraph' ? (
          <p key={index}>
            <Inline tokens={(token as Tokens.Paragraph).tokens} />
          </p>
        ) : (
          <div key={index} dangerouslySetInnerHTML={{ __html: marked.parser([token]) }} />
        ),
      )}
    </div>
  );
}

/** What stands in a line: words of the glossary by themselves, the rest as `marked` writes it. */
function Inline({ tokens }: { tokens: Token[] }) {
  return (
    <>
      {tokens.map((token, index) => {
        const word = token.type === 'link' ? GLOSSARY_LINK.exec(token.href)?.[1] : undefined;
        const known = word && Object.keys(GLOSSARY).find((each) => glossaryLink(each).endsWith(`#${word}`));
        if (known) return <Term key={index} word={known} children={(token as Tokens.Link).text} />;
        if (token.type === 'strong') {
          return (
            <strong key={index}>
              <Inline tokens={(token as Tokens.Strong).tokens} />
            </strong>
          );
        }
        return (
          <span key={index} dangerouslySetInnerHTML={{ __html: marked.Parser.parseInline([token], marked.defaults) }} />
        );
      })}
    </>
  );
}

function isShell(token: { type: string }): token is Tokens.Code {
  return token.type === 'code' && /^(sh|console)$/.test((token as Tokens.Code).lang ?? '');
}
