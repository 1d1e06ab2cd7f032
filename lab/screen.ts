// The terminal that a command prints to: its width, its colours, and that nothing foreign in a text is obeyed by it.

import { styleText } from 'node:util';
import { shownName } from '../traces/model.ts';
import { own } from '../traces/own.ts';
import { printable } from '../traces/printable.ts';
import { services } from './services.ts';

const NARROWEST = 60;
const WIDEST = 200;
/** Where the output is no terminal. */
const USUAL = 120;

type Style = Parameters<typeof styleText>[0];

/** How many columns to fill: those of the terminal, from 60 to 200. */
export function columns(): number {
  return Math.min(Math.max(process.stdout.columns ?? USUAL, NARROWEST), WIDEST);
}

/** Text in a style, where the output shows styles (not in a file, not with NO_COLOR). */
export function style(format: Style, text: string): string {
  return styleText(format, printable(text), { stream: process.stdout });
}

/** How a service's name is coloured. */
export function colourOf(service: string): Style {
  return own(services, service)?.colour ?? 'white';
}

/** The name of a service as it is printed. */
export function shownService(service: string): string {
  return printable(shownName(service));
}

/** At most `most` characters of `text`, which is one line. */
export function cut(text: string, most: number): string {
  const line = printable(text);
  return line.length > most ? `${line.slice(0, Math.max(most - 1, 0))}…` : line;
}

/** A text of several lines, each safe to show, broken between words where a terminal reads it; what is set in stays so. */
export function paragraphs(text: string, stream: { isTTY?: boolean }): string {
  const lines = text.split('\n');
  if (!stream.isTTY) return lines.map(printable).join('\n');
  return lines
    .flatMap((line) => {
      const [indent = ''] = /^ */.exec(line) ?? [];
      return line.length <= columns()
        ? [printable(line)]
        : wrap(line.trim(), columns() - indent.length).map((part) => indent + part);
    })
    .join('\n');
}

/** `text` in lines of at most `width` characters, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of printable(text).split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
