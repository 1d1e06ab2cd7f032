// Reads a DNS message from its front, and notes what it takes: ranges that lie side by side (see dns.ts).

/** One range of bytes, `end` exclusive: where it belongs (`header`, `question`, `answer 1` …), its name and what it says. */
export type WireField = { start: number; end: number; part: string; name: string; value: string };

/** Why the rest of a message can't be read. */
export class Unreadable extends Error {}

/** Takes bytes from the front, and notes each as a field. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly fields: WireField[] = [];
  part = 'header';
  at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Takes `length` bytes; `say` tells what they mean. */
  take<T>(length: number, name: string, read: (at: number) => T, say: (value: T) => string = String): T {
    if (this.at + length > this.bytes.length) throw new Unreadable('the message ends here');
    const value = read(this.at);
    if (length > 0)
      this.fields.push({ start: this.at, end: this.at + length, part: this.part, name, value: say(value) });
    this.at += length;
    return value;
  }

  uint8(name: string, say?: (value: number) => string): number {
    return this.take(1, name, (at) => this.#view.getUint8(at), say);
  }

  uint16(name: string, say?: (value: number) => string): number {
    return this.take(2, name, (at) => this.#view.getUint16(at), say);
  }

  uint32(name: string, say?: (value: number) => string): number {
    return this.take(4, name, (at) => this.#view.getUint32(at), say);
  }

  raw(length: number, name: string, say: (bytes: Uint8Array) => string = hexOf): void {
    this.take(length, name, (at) => this.bytes.subarray(at, at + length), say);
  }

  /** A name: its labels, then the pointer to where its rest stands, if it has one. */
  name(name: string): void {
    const { labels, end, pointer } = labelsAt(this.bytes, this.at);
    if (end > this.at) this.raw(end - this.at, name, () => `${labels.join('.')}${pointer === undefined ? '.' : '…'}`);
    if (pointer === undefined) return;
    const rest = nameBefore(this.bytes, pointer, this.at);
    this.uint16('pointer', () => `→ byte ${pointer}: ${rest}`);
  }

  /** Everything that is left, if anything is. */
  rest(name: string): void {
    if (this.at < this.bytes.length) this.raw(this.bytes.length - this.at, name);
  }
}

/** Bytes in hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes that `hex` writes down; what is no pair of hexadecimal digits ends them. */
export function bytesOf(hex: string): Uint8Array {
  const [pairs = ''] = /^(?:[0-9a-f]{2})*/i.exec(hex) ?? [];
  return Uint8Array.from(pairs.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Bytes as text in UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The labels from `at` on, where they end, and the pointer that stands there instead of an end. */
function labelsAt(bytes: Uint8Array, at: number): { labels: string[]; end: number; pointer: number | undefined } {
  const labels: string[] = [];
  for (let next = at; ; ) {
    const length = bytes[next];
    if (length === undefined) throw new Unreadable('a name is cut');
    if (length === 0) return { labels, end: next + 1, pointer: undefined };
    if (length >= 0xc0) {
      if (next + 2 > bytes.length) throw new Unreadable('a pointer is cut');
      return { labels, end: next, pointer: ((length & 0x3f) << 8) | (bytes[next + 1] as number) };
    }
    if (length > 63) throw new Unreadable('neither a label nor a pointer');
    if (next + 1 + length > bytes.length) throw new Unreadable('a label is cut');
    labels.push(String.fromCharCode(...bytes.subarray(next + 1, next + 1 + length)));
    next += 1 + length;
  }
}

/** The whole name at `at`; a pointer must lead to before what it stands in, so none goes round in a circle. */
function nameBefore(bytes: Uint8Array, at: number, limit: number): string {
  const labels: string[] = [];
  for (let [next, before] = [at, limit]; ; ) {
    if (next >= before) throw new Unreadable('a pointer that leads forward');
    const found = labelsAt(bytes, next);
    labels.push(...found.labels);
    if (found.pointer === undefined) return `${labels.join('.')}.`;
    [next, before] = [found.pointer, next];
  }
}
