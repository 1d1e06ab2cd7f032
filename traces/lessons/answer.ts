// Compares what a learner answers with what the trace says.

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** What a value is called in words, besides itself. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  br: ['brotli'],
  econnrefused: ['connection refused', 'refused', 'connection was refused'],
  econnreset: ['connection reset'],
  cert_has_expired: ['certificate has expired', 'certificate expired', 'expired'],
  nxdomain: ['no such name', 'does not exist'],
  worker_lost: ['worker crashed', 'worker lost'],
  worker_timeout: ['worker timed out', 'timeout'],
  '503': ['service unavailable'],
  '304': ['not modified'],
};

/**
 * Whether `given` means `wanted`. Numbers may be words ("three") and rounded (5 %, or half a unit) where `wanted` has
 * decimals; words may have any case, quotes, an article, or another last dot.
 */
export function isSameAnswer(given: string, wanted: string): boolean {
  const [a, b] = [plain(given), plain(wanted)];
  if (a === '') return false;
  if (a === b || b.split(', ').includes(a)) return true;
  const inWords = words(a);
  if ((inWords !== '' && inWords === words(b)) || CALLED[b]?.includes(inWords)) return true;
  const [x, y] = [numberOf(given), numberOf(wanted)];
  if (x === undefined || y === undefined) return false;
  if (Number.isInteger(y)) return x === y && !a.includes('.');
  return Math.abs(x - y) <= Math.max(0.5, Math.abs(y) / 20);
}

/** The number that an answer is: `3`, `three`, `3 spans`, `12.4 ms`; undefined for any other text. */
export function numberOf(answer: string): number | undefined {
  const [, digits, word] = /^(?:(-?\d+(?:\.\d+)?)|([a-z]+))(?: ?[a-z%]+)?$/.exec(plain(answer)) ?? [];
  if (digits !== undefined) return Number(digits);
  const number = NUMBERS.indexOf(word ?? '');
  return number === -1 ? undefined : number;
}

function plain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, '')
    .replace(/^(the|a|an) /, '')
    .replace(/(?<=.)\.$/, '');
}

function words(text: string): string {
  return text.replace(/[\s_-]+/g, ' ').trim();
}
