// Parses a zone file (a "master file", RFC 1035, 5): text → lines of tokens → records with absolute names. Supported are $ORIGIN,
// $TTL, comments, parentheses, quotes, \ escapes and \# (RFC 3597), not $INCLUDE and classes other than IN. A record without a TTL
// has that of $TTL; before the first $TTL, that of the previous record; an SOA record its minimum.

import { labelsOf, nameFrom } from '../../../otel/propagation/dns-name.ts';
import { typeCode, typeName } from '../../../otel/propagation/dns-numbers.ts';
import { type DnsRecord, parseData, type Soa, seconds, type Token } from '../records.ts';

/** An invalid zone file: `file:line: reason`. */
export class ZoneFileError extends Error {
  readonly code = 'zone_file';

  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'ZoneFileError';
  }
}

/** A record and its line. */
export type ZoneRecord = DnsRecord & { line: number };

type Line = { number: number; indented: boolean; tokens: Token[] };

/** Types that are valid only in a question or a single message. */
const META = new Set(['OPT', 'TKEY', 'TSIG', 'IXFR', 'AXFR', 'MAILB', 'MAILA', 'ANY', 'TYPE0']);
const TTL = /^(\d+[smhdw]?)+$/i;

/**
 * The records of a zone file's text, in their order. `origin` is appended to relative names until $ORIGIN changes it. Throws a
 * ZoneFileError for the first error.
 */
export function parseMasterFile(text: string, { file, origin }: { file: string; origin: string }): ZoneRecord[] {
  const entries: ZoneRecord[] = [];
  const state: State = { origin, defaultTtl: undefined, lastTtl: undefined, owner: undefined };
  for (const line of lines(text, file)) {
    try {
      const [first, ...rest] = line.tokens;
      if (first?.text.startsWith('$') && !first.quoted && !line.indented) applyDirective(first.text, rest, state);
      else entries.push(parseRecord(line, state));
    } catch (error) {
      throw new ZoneFileError(file, line.number, (error as Error).message);
    }
  }
  return entries;
}

type State = {
  origin: string;
  /** The value of $TTL. */
  defaultTtl: number | undefined;
  /** That of the previous record (RFC 1035, 5.1). */
  lastTtl: number | undefined;
  owner: string | undefined;
};

function applyDirective(directive: string, tokens: Token[], state: State): void {
  const [token, more] = tokens;
  const name = directive.toUpperCase();
  if (name !== '$ORIGIN' && name !== '$TTL')
    throw new Error(`${directive} is not supported; only $ORIGIN and $TTL are`);
  if (token === undefined || more !== undefined) throw new Error(`${directive} takes one value`);
  if (name === '$ORIGIN') state.origin = absolute(token.text, state.origin);
  else state.defaultTtl = seconds(token.text);
}

/** [owner] [ttl] [IN] type data; ttl and class in either order. */
function parseRecord({ number, indented, tokens }: Line, state: State): ZoneRecord {
  const rest = [...tokens];
  if (!indented) state.owner = absolute(rest.shift()?.text ?? '', state.origin);
  if (state.owner === undefined) throw new Error('the first record needs a name');

  let given: number | undefined;
  for (let next = rest[0]; next !== undefined && !next.quoted; next = rest[0]) {
    if (TTL.test(next.text)) given = seconds(next.text);
    else if (/^(CH|HS|CS|CLASS(?!1$)\d+)$/i.test(next.text))
      throw new Error(`class ${next.text} is not supported; only IN is`);
    else if (!/^(IN|CLASS1)$/i.test(next.text)) break;
    rest.shift();
  }

  const word = rest.shift()?.text.toUpperCase() ?? '';
  const code = typeCode(word);
  if (code === undefined || META.has(typeName(code))) throw new Error(`"${word}" is not a record type`);
  const type = typeName(code);
  const data = parseData(type, rest, (name) => absolute(name, state.origin));
  const ttl = given ?? state.defaultTtl ?? state.lastTtl ?? (type === 'SOA' ? (data as Soa).minimum : undefined);
  if (ttl === undefined) throw new Error('no TTL: add one to the line, or $TTL before it');
  state.lastTtl = ttl;
  return { name: state.owner, type, ttl, data, line: number };
}

function absolute(name: string, origin: string): string {
  if (name === '@') return origin;
  if (name === '.') return name;
  const relative = !/(^|[^\\])(\\\\)*\.$/.test(name);
  return nameFrom(labelsOf(relative && origin !== '.' ? `${name}.${origin}` : name)); // labelsOf checks the whole length
}

/** Splits the text into tokens; lines within parentheses are one. */
function* lines(text: string, file: string): Generator<Line> {
  let line: Line = { number: 1, indented: false, tokens: [] };
  let opened = 0; // the line of the open parenthesis, 0 outside
  let number = 1;
  let isLineStart = true;
  for (const [piece, space, comment, quoted, bare] of `${text}\n`.matchAll(
    /([ \t]+)|(;[^\n]*)|"((?:[^"\\\n]|\\[^\n])*)"|((?:[^\s;"()\\]|\\[^\n])+)|\r?\n|./gs,
  )) {
    if (space !== undefined) {
      if (isLineStart) line.indented = true;
    } else if (quoted !== undefined) {
      line.tokens.push({ text: quoted, quoted: true });
    } else if (bare !== undefined) {
      line.tokens.push({ text: bare, quoted: false });
    } else if (piece.endsWith('\n')) {
      number++;
      if (opened === 0) {
        if (line.tokens.length > 0) yield line;
        line = { number, indented: false, tokens: [] };
      }
    } else if (piece === '(' && opened === 0) {
      opened = number;
    } else if (piece === ')' && opened > 0) {
      opened = 0;
    } else if (comment === undefined) {
      throw new ZoneFileError(file, number, syntaxError(piece));
    }
    isLineStart = piece.endsWith('\n') && opened === 0;
  }
  if (opened > 0) throw new ZoneFileError(file, opened, 'this parenthesis is not closed');
}

function syntaxError(piece: string): string {
  if (piece === '(') return 'nested parentheses';
  if (piece === ')') return 'a closing parenthesis without an opening one';
  return piece === '"' ? 'a quote that is not closed on its line' : `unexpected ${JSON.stringify(piece)}`;
}
