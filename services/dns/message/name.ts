// Domain names in the two forms that they have: on the wire, and as text (RFC 1035, 3.1 and 5.1).
//
//   wire   3 w w w 5 t a t i s 4 t e s t 0        a length before each label, 0 at the end
//   text   www.tatis.test.                        always absolute and in lower case here; the root is "."
//
// A dot or backslash inside a label is written \. or \\, an unprintable byte \DDD.

const MAX_LABEL = 63;
const MAX_NAME = 255;

/** The text of a name given as labels. */
export function nameFrom(labels: readonly Buffer[]): string {
  return labels.length === 0 ? '.' : labels.map((label) => `${textOf(label)}.`).join('');
}

/** The labels of a name given as text, absolute or not. Throws an Error with the reason when it is no name. */
export function labelsOf(name: string): Buffer[] {
  if (name === '.' || name === '') return [];
  const labels: Buffer[] = [];
  let label: number[] = [];
  for (let at = 0; at < name.length; at++) {
    const letter = name.charAt(at);
    if (letter === '.') {
      labels.push(checked(label, name));
      label = [];
    } else if (letter === '\\') {
      const digits = /^\d{3}/.exec(name.slice(at + 1))?.[0];
      if (Number(digits) > 255) throw new Error(`"\\${digits}" in "${name}" is no byte`);
      label.push(digits === undefined ? name.charCodeAt(at + 1) : Number(digits));
      at += digits?.length ?? 1;
    } else {
      label.push(name.charCodeAt(at));
    }
  }
  if (label.length > 0) labels.push(checked(label, name));
  if (labels.reduce((sum, { length }) => sum + length + 1, 1) > MAX_NAME) {
    throw new Error(`"${name}" is longer than ${MAX_NAME} bytes`);
  }
  return labels;
}

/** The names above `name`, nearest first, ending with the root: `tatis.test.`, `test.`, `.` for `www.tatis.test.` */
export function parentsOf(name: string): string[] {
  const parents: string[] = [];
  for (let rest = parentOf(name); rest !== undefined; rest = parentOf(rest)) parents.push(rest);
  return parents;
}

/** Whether `name` is `zone` or lies below it. */
export function isWithin(name: string, zone: string): boolean {
  if (zone === '.' || name === zone) return true;
  return name.endsWith(`.${zone}`) && name.charAt(name.length - zone.length - 2) !== '\\';
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

function checked(label: number[], name: string): Buffer {
  if (label.length === 0) throw new Error(`"${name}" has an empty label`);
  if (label.length > MAX_LABEL) throw new Error(`a label of "${name}" is longer than ${MAX_LABEL} bytes`);
  if (label.some((byte) => !(byte <= 255))) throw new Error(`"${name}" has a character that is no byte`);
  return Buffer.from(label);
}

function textOf(label: Buffer): string {
  let text = '';
  for (const byte of label) {
    const letter = String.fromCharCode(byte);
    if (byte < 0x21 || byte > 0x7e) text += `\\${String(byte).padStart(3, '0')}`;
    else if (letter === '.' || letter === '\\') text += `\\${letter}`;
    else text += letter.toLowerCase();
  }
  return text;
}
