// The terminal that a command prints to: its width and its colours. Control characters in foreign text are shown, not obeyed.

import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { displays } from '../../otel/contract/services.ts';
import { shownName } from '../../traces/model.ts';
import { ownProperty } from '../../traces/own-property.ts';
import { printable } from '../../traces/printable.ts';

const NARROWEST = 60;
const WIDEST = 200;
/** Where the output is not a terminal. */
const USUAL = 120;
/** Of a longer text no column after this many characters is ever shown. */
const MAX_CUT = 10_000;
const graphemes = new Intl.Segmenter();

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
  return ownProperty(displays, service)?.colour.terminal ?? 'white';
}

/** The name of a service as it is printed. */
export function shownService(service: string): string {
  return printable(shownName(service));
}

/** At most `max` columns of `text`, which is one line; what is cut off ends in "…". */
export function cut(text: string, max: number): string {
  const line = printable(text.slice(0, MAX_CUT));
  if (stringWidth(line) <= max) return line;
  let kept = '';
  let width = 1; // of the "…"
  for (const { segment } of graphemes.segment(line)) {
    width += stringWidth(segment);
    if (width > max) break;
    kept += segment;
  }
  return max < 1 ? '' : `${kept}…`;
}

/** `text`, filled up on its right to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** `text`, filled up on its left to `width` columns. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** The columns of the widest of `texts`; 0 without any. */
export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)));
}

/** A text of several lines, wrapped between words on a terminal; indented lines stay indented. */
export function paragraphs(text: string, stream: { isTTY?: boolean }): string {
  const lines = text.split('\n');
  if (!stream.isTTY) return lines.map(printable).join('\n');
  return lines
    .flatMap((line) => {
      const [indent = ''] = /^ */.exec(line) ?? [];
      return stringWidth(line) <= columns()
        ? [printable(line)]
        : wrap(line.trim(), columns() - indent.length).map((part) => indent + part);
    })
    .join('\n');
}

/** `text` in lines of at most `width` columns, broken between words; in a word only where it is not ASCII, as URLs are. */
export function wrap(text: string, width: number): string[] {
  const line = printable(text);
  const hard = line.split(' ').some((word) => !/^[!-~]*$/.test(word) && stringWidth(word) > width);
  return wrapAnsi(line, width, { hard }).split('\n');
}

/** A time in ms as a table shows it, without the unit. */
export function milliseconds(ms: number): string {
  const size = Math.abs(ms);
  return ms.toFixed(size < 99.995 ? 2 : size < 999.95 ? 1 : 0);
}
