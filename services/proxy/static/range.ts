// Which part of a file is wanted (RFC 9110, 14.2): one range is served; several, or what can't be read, get the whole file.

/** Both ends belong to it. */
export type Part = { start: number; end: number };

/** The part that `header` asks for of `size` bytes; undefined: the whole. */
export function readRange(header: string | undefined, size: number): Part | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (size === 0) return undefined; // of nothing there is no part, and nothing to be refused (nginx)
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const part =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 } // the last so many bytes
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  return part.start <= part.end ? part : 'unsatisfiable';
}
