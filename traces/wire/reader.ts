// Reads a DNS message from its front, and notes what it takes: ranges that lie side by side (see dns.ts).

/** One range of bytes, `end` exclusive: where it belongs (`header`, `question`, `answer 1` …), its name and what it says. */
export type WireField = { start: number; end: number; part: string; name: string; value: string };

/** Why the rest of a message can't be read. */
export class Unreadable extends Error {}

/** Takes bytes from the front, and notes each as a field. */
export class Reader {
  readonly bytes: Buffer;
  readonly fields: WireField[] = [];
  part = 'header';
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
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
    return this.take(1, name, (at) => this.bytes.readUInt8(at), say);
  }

  uint16(name: string, say?: (value: number) => string): number {
    return this.take(2, name, (at) => this.bytes.readUInt16BE(at), say);
  }

  uint32(name: string, say?: (value: number) => string): number {
    return this.take(4, name, (at) => this.bytes.readUInt32BE(at), say);
  }

  raw(length: number, name: string, say: (bytes: Buffer) => string = (bytes) => bytes.toString('hex')): void {
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

/** The labels from `at` on, where they end, and the pointer that stands there instead of an end. */
function labelsAt(bytes: Buffer, at: number): { labels: string[]; end: number; pointer: number | undefined } {
  const labels: string[] = [];
  for (let next = at; ; ) {
    const length = bytes[next];
    if (length === undefined) throw new Unreadable('a name is cut');
    if (length === 0) return { labels, end: next + 1, pointer: undefined };
    if (length >= 0xc0) {
      if (next + 2 > bytes.length) throw new Unreadable('a pointer is cut');
      return { labels, end: next, pointer: bytes.readUInt16BE(next) & 0x3fff };
    }
    if (length > 63) throw new Unreadable('neither a label nor a pointer');
    if (next + 1 + length > bytes.length) throw new Unreadable('a label is cut');
    labels.push(bytes.toString('latin1', next + 1, next + 1 + length));
    next += 1 + length;
  }
}

/** The whole name at `at`; a pointer must lead to before what it stands in, so none goes round in a circle. */
function nameBefore(bytes: Buffer, at: number, limit: number): string {
  if (at >= limit) throw new Unreadable('a pointer that leads forward');
  const { labels, pointer } = labelsAt(bytes, at);
  return pointer === undefined ? `${labels.join('.')}.` : [...labels, nameBefore(bytes, pointer, at)].join('.');
}
