// Reads a zone file (a "master file", RFC 1035, 5): text → lines of fields → records with absolute names.
// $ORIGIN, $TTL, comments, parentheses, quotes, \ escapes and \# (RFC 3597) are read; $INCLUDE and classes other than IN
// are refused. A record without a TTL takes $TTL; before there is one, that of the record before; the SOA record its minimum.

import { labelsOf, nameFrom } from '../../../otel/propagation/dns-name.ts';
import { typeCode, typeName } from '../../../otel/propagation/dns-numbers.ts';
import { type DnsRecord, dataFromFields, type Field, type Soa, seconds } from '../records.ts';

/** What is wrong with a zone file, as `file:line: reason`. */
export class ZoneFileError extends Error {
  readonly code = 'zone_file';

  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'ZoneFileError';
  }
}

/** A record and the line that it stands on. */
export type Entry = DnsRecord & { line: number };

type Line = { number: number; indented: boolean; fields: Field[] };

/** Types that stand in questions or for one message only. */
const META = new Set(['OPT', 'TKEY', 'TSIG', 'IXFR', 'AXFR', 'MAILB', 'MAILA', 'ANY', 'TYPE0']);
const TTL = /^(\d+[smhdw]?)+$/i;

/**
 * The records of a zone file's text, in their order. `origin` is what relative names end in until $ORIGIN says otherwise.
 * Throws a ZoneFileError on the first thing that is wrong.
 */
export function parseMasterFile(text: string, { file, origin }: { file: string; origin: string }): Entry[] {
  const entries: Entry[] = [];
  const state: State = { origin, defaultTtl: undefined, lastTtl: undefined, owner: undefined };
  for (const line of lines(text, file)) {
    try {
      const [first, ...rest] = line.fields;
      if (first?.text.startsWith('$') && !first.quoted && !line.indented) direct(first.text, rest, state);
      else entries.push(record(line, state));
    } catch (error) {
      throw new ZoneFileError(file, line.number, (error as Error).message);
    }
  }
  return entries;
}

type State = {
  origin: string;
  /** What $TTL says. */
  defaultTtl: number | undefined;
  /** That of the record before (RFC 1035, 5.1). */
  lastTtl: number | undefined;
  owner: string | undefined;
};

function direct(directive: string, fields: Field[], state: State): void {
  const [field, more] = fields;
  if (field === undefined || more !== undefined) throw new Error(`${directive} takes one value`);
  if (directive.toUpperCase() === '$ORIGIN') state.origin = absolute(field.text, state.origin);
  else if (directive.toUpperCase() === '$TTL') state.defaultTtl = seconds(field);
  else throw new Error(`${directive} is not supported; only $ORIGIN and $TTL are`);
}

/** [owner] [ttl] [IN] type data; ttl and class in either order. */
function record({ number, indented, fields }: Line, state: State): Entry {
  const rest = [...fields];
  if (!indented) state.owner = absolute(rest.shift()?.text ?? '', state.origin);
  if (state.owner === undefined) throw new Error('the first record needs a name');

  let given: number | undefined;
  for (let next = rest[0]; next !== undefined && !next.quoted; next = rest[0]) {
    if (TTL.test(next.text)) given = seconds(next);
    else if (/^(CH|HS|CS|CLASS(?!1$)\d+)$/i.test(next.text))
      throw new Error(`class ${next.text} is not supported; only IN is`);
    else if (!/^(IN|CLASS1)$/i.test(next.text)) break;
    rest.shift();
  }

  const word = rest.shift()?.text.toUpperCase() ?? '';
  const code = typeCode(word);
  if (code === undefined || META.has(typeName(code))) throw new Error(`"${word}" is no type of record`);
  const type = typeName(code);
  const data = dataFromFields(type, rest, (name) => absolute(name, state.origin));
  const ttl = given ?? state.defaultTtl ?? state.lastTtl ?? (type === 'SOA' ? (data as Soa).minimum : undefined);
  if (ttl === undefined) throw new Error('no TTL: give one on the line, or $TTL before it');
  state.lastTtl = ttl;
  return { name: state.owner, type, ttl, data, line: number };
}

function absolute(name: string, origin: string): string {
  if (name === '@') return origin;
  if (name === '.') return name;
  const relative = !/(^|[^\\])(\\\\)*\.$/.test(name);
  return nameFrom([...labelsOf(name), ...(relative ? labelsOf(origin) : [])]);
}

/** Splits the text into fields; what stands in parentheses is one line. */
function* lines(text: string, file: string): Generator<Line> {
  let line: Line = { number: 1, indented: false, fields: [] };
  let opened = 0; // the line on which a parenthesis was opened, 0 outside
  let number = 1;
  let start = true;
  for (const [piece, space, comment, quoted, bare] of `${text}\n`.matchAll(
    /([ \t]+)|(;[^\n]*)|"((?:[^"\\\n]|\\[^\n])*)"|((?:[^\s;"()\\]|\\[^\n])+)|\r?\n|./gs,
  )) {
    if (space !== undefined) {
      if (start) line.indented = true;
    } else if (quoted !== undefined) {
      line.fields.push({ text: quoted, quoted: true });
    } else if (bare !== undefined) {
      line.fields.push({ text: bare, quoted: false });
    } else if (piece.endsWith('\n')) {
      number++;
      if (opened === 0) {
        if (line.fields.length > 0) yield line;
        line = { number, indented: false, fields: [] };
      }
    } else if (piece === '(' && opened === 0) {
      opened = number;
    } else if (piece === ')' && opened > 0) {
      opened = 0;
    } else if (comment === undefined) {
      throw new ZoneFileError(file, number, problemWith(piece));
    }
    start = piece.endsWith('\n') && opened === 0;
  }
  if (opened > 0) throw new ZoneFileError(file, opened, 'this parenthesis is never closed');
}

function problemWith(piece: string): string {
  if (piece === '(') return 'a parenthesis inside another';
  if (piece === ')') return 'a parenthesis that was never opened';
  return piece === '"' ? 'a quote that is not closed on its line' : `unexpected ${JSON.stringify(piece)}`;
}
