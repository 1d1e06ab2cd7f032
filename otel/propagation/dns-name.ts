// Domain names in the two forms that they have: on the wire, and as text (RFC 1035, 3.1, 4.1.4 and 5.1; RFC 4343).
//
//   wire   3 w w w 5 t a t i s 4 t e s t 0        a length before each label, 0 at the end
//          3 w w w 192 12                         or a pointer to where its rest stands, earlier in the message
//   text   www.tatis.test.                        always absolute here; the root is "."
//
// A label is bytes, whatever they hold: as text a dot or backslash in it is \. or \\, an unprintable byte \DDD.
// Names that differ only in ASCII letters' case are the same name: `folded` is what they are compared and kept by.
// Pure: what every reader and writer of DNS shares, a browser too.

const MAX_LABEL = 63;
const MAX_NAME = 255;
const POINTER = 0xc0;

/** Bytes that are not a name, or not a message; `message` has the reason. */
export class DnsFormatError extends Error {}

/** Where the labels that begin at `at` end: the place of a 0 or of a pointer. Throws DnsFormatError. */
export function endOfLabels(bytes: Uint8Array, at: number): number {
  for (let end = at; ; ) {
    const length = bytes[end];
    if (length === undefined) throw new DnsFormatError('truncated name');
    if (length === 0) return end;
    if (length >= POINTER) {
      if (end + 2 > bytes.length) throw new DnsFormatError('truncated compression pointer');
      return end;
    }
    if (length > MAX_LABEL) throw new DnsFormatError('neither a label nor a pointer');
    end += 1 + length;
  }
}

/** Where the name at `at` ends, behind its 0 or its pointer. Throws DnsFormatError. */
export function endOfName(bytes: Uint8Array, at: number): number {
  const end = endOfLabels(bytes, at);
  return bytes[end] === 0 ? end + 1 : end + 2;
}

/** The labels that stand from `start` to `end`. */
export function labelsBetween(bytes: Uint8Array, start: number, end: number): Uint8Array[] {
  const labels: Uint8Array[] = [];
  for (let at = start; at < end; at += 1 + (bytes[at] as number)) {
    labels.push(bytes.subarray(at + 1, at + 1 + (bytes[at] as number)));
  }
  return labels;
}

/** Where the pointer at `at` leads; undefined where a 0 stands. */
export function pointerAt(bytes: Uint8Array, at: number): number | undefined {
  const first = bytes[at] as number;
  return first < POINTER ? undefined : ((first << 8) | (bytes[at + 1] as number)) & 0x3fff;
}

/** The whole name at `at` as text. A pointer must lead to before what it stands in, so none goes round in a circle. */
export function readName(bytes: Uint8Array, at: number): string {
  const labels: Uint8Array[] = [];
  let length = 1;
  for (let start: number | undefined = at, limit = bytes.length; start !== undefined; ) {
    if (start >= limit) throw new DnsFormatError('a compression pointer that does not point backwards');
    const end = endOfLabels(bytes, start);
    labels.push(...labelsBetween(bytes, start, end));
    length += end - start;
    if (length > MAX_NAME) throw new DnsFormatError(`a name of more than ${MAX_NAME} bytes`);
    limit = start;
    start = pointerAt(bytes, end);
  }
  return nameFrom(labels);
}

/** The text of a name given as labels. */
export function nameFrom(labels: readonly Uint8Array[]): string {
  return labels.length === 0 ? '.' : labels.map((label) => `${labelText(label)}.`).join('');
}

/** The labels of a name given as text, absolute or not. Throws DnsFormatError with the reason when it is not a name. */
export function labelsOf(name: string): Uint8Array[] {
  if (name === '.' || name === '') return [];
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  for (let at = 0; at < name.length; at++) {
    const char = name.charAt(at);
    if (char === '.') {
      labels.push(checked(label, name));
      label = [];
    } else if (char === '\\') {
      const digits = /^\d{3}/.exec(name.slice(at + 1))?.[0];
      if (Number(digits) > 255) throw new DnsFormatError(`"\\${digits}" in "${name}" is not a byte`);
      if (at + 1 === name.length) throw new DnsFormatError(`"${name}" ends in a backslash`);
      label.push(digits === undefined ? name.charCodeAt(at + 1) : Number(digits));
      at += digits?.length ?? 1;
    } else {
      label.push(name.charCodeAt(at));
    }
  }
  if (label.length > 0) labels.push(checked(label, name));
  if (labels.reduce((sum, { length }) => sum + length + 1, 1) > MAX_NAME) {
    throw new DnsFormatError(`"${name}" is longer than ${MAX_NAME} bytes`);
  }
  return labels;
}

/** The name in the one form by which it is compared: absolute, ASCII letters in lower case. Throws DnsFormatError. */
export function canonical(name: string): string {
  return folded(nameFrom(labelsOf(name)));
}

/** A name from this file in lower case; its text is all ASCII, so no other letters change. */
export function folded(name: string): string {
  return name.toLowerCase();
}

/** The names above `name`, nearest first, ending with the root: `tatis.test.`, `test.`, `.` for `www.tatis.test.` */
export function parentsOf(name: string): string[] {
  const parents: string[] = [];
  for (let rest = parentOf(name); rest !== undefined; rest = parentOf(rest)) parents.push(rest);
  return parents;
}

/** Whether `name` is `zone` or lies below it; both folded. */
export function isWithin(name: string, zone: string): boolean {
  if (zone === '.' || name === zone) return true;
  if (!name.endsWith(`.${zone}`)) return false;
  const [escapes = ''] = /\\*$/.exec(name.slice(0, -zone.length - 1)) ?? [];
  return escapes.length % 2 === 0; // else the dot belongs to a label
}

/** The name without its first label; undefined for the root. */
export function parentOf(name: string): string | undefined {
  if (name === '.') return undefined;
  for (let at = 0; at < name.length; at++) {
    if (name.charAt(at) === '\\') at++;
    else if (name.charAt(at) === '.') return name.slice(at + 1) || '.';
  }
  return '.';
}

function checked(label: number[], name: string): Uint8Array {
  if (label.length === 0) throw new DnsFormatError(`"${name}" has an empty label`);
  if (label.length > MAX_LABEL) throw new DnsFormatError(`a label of "${name}" is longer than ${MAX_LABEL} bytes`);
  if (label.some((byte) => !(byte <= 255))) throw new DnsFormatError(`"${name}" has a character that is not a byte`);
  return Uint8Array.from(label);
}

function labelText(label: Uint8Array): string {
  let text = '';
  for (const byte of label) {
    if (byte < 0x21 || byte > 0x7e) text += `\\${String(byte).padStart(3, '0')}`;
    else if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}
