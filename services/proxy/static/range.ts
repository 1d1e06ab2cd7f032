// Which part of a file is requested (RFC 9110, 14.2): one range is served; several, or a malformed one, get the whole file.

/** Both ends are included. */
export type Part = { start: number; end: number };

/** The part of `size` bytes that `header` requests; undefined: the whole. */
export function readRange(header: string | undefined, size: number): Part | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (size === 0) return undefined; // nginx: an empty file is sent whole
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const part =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 } // the last bytes
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  return part.start <= part.end ? part : 'unsatisfiable';
}
