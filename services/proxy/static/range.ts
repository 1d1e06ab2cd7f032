// Which part of a file is wanted (RFC 9110, 14.2): one range is served; several, or what can't be read, get the whole file.

import parseRanges from 'range-parser';

export type Part = { start: number; end: number };

/** The part that `header` asks for of `size` bytes (both ends belong to it); undefined: the whole. */
export function readRange(header: string | undefined, size: number): Part | 'unsatisfiable' | undefined {
  if (header === undefined || !ONE_OR_MORE.test(header)) return undefined;
  const ranges = parseRanges(size, header);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.length !== 1) return undefined;
  return ranges[0];
}

/** The grammar; range-parser takes more. */
const ONE_OR_MORE = /^bytes=\s*(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*$/;
