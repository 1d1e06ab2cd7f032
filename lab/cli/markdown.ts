// Markdown for a terminal: paragraphs wrapped to its width, commands indented, emphasis and links as plain text.

import { Marked, type Tokens } from 'marked';
import { columns, style, wrap } from './screen.ts';

/** Renders `text`, without an empty line at its end. */
export function terminalMarkdown(text: string): string {
  return (terminal.parse(text) as string).trimEnd();
}

const GLOSSARY = /glossary\.md/;

const terminal = new Marked({
  renderer: {
    // ── blocks: each ends with an empty line ──
    paragraph({ tokens }) {
      return block(wrap(this.parser.parseInline(tokens), columns()));
    },
    heading({ tokens }) {
      return block([style('bold', this.parser.parseInline(tokens))]);
    },
    code: ({ text }) => block(text.split('\n').map((line) => style('cyan', `    ${line}`))),
    blockquote({ tokens }) {
      return this.parser.parse(tokens);
    },
    list({ items, ordered, start }) {
      return block(
        items.flatMap((item, index) => {
          const mark = ordered ? `${Number(start) + index}. ` : '- ';
          const lines = this.parser.parse(item.tokens).trimEnd().split('\n');
          return lines.flatMap((line) => wrap(line, columns() - mark.length)).map(hanging(mark));
        }),
      );
    },
    table({ header, rows }) {
      const line = (cells: Tokens.TableCell[]) => cells.map(({ tokens }) => this.parser.parseInline(tokens)).join('  ');
      return block([line(header), ...rows.map(line)]);
    },
    hr: () => '\n',
    // ── what stands in a line ──
    strong({ tokens }) {
      return this.parser.parseInline(tokens);
    },
    em({ tokens }) {
      return this.parser.parseInline(tokens);
    },
    codespan: ({ text }) => `\`${text}\``,
    html: ({ text }) => text,
    br: () => ' ',
    image: ({ href }) => `Picture: ${withoutDots(href)}`,
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return GLOSSARY.test(href) || words === href ? words : `${words} (${withoutDots(href)})`;
    },
    text(token) {
      const words = 'tokens' in token && token.tokens ? this.parser.parseInline(token.tokens) : token.text;
      return words.replaceAll('\n', ' ');
    },
  },
});

function block(lines: readonly string[]): string {
  return `${lines.join('\n')}\n\n`;
}

/** The first line behind `mark`, the others below its text. */
function hanging(mark: string) {
  return (line: string, index: number) => (index === 0 ? mark : ' '.repeat(mark.length)) + line;
}

function withoutDots(href: string): string {
  return href.replace(/^(\.\.\/)+/, '');
}
