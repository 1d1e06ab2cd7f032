// Parses JSON without losing digits: OTLP writes 64-bit integers as strings, but may not have been obeyed.

import { Malformed } from '../otlp/wire.ts';

/** A number of 16 digits or more, which may be beyond 2^53. */
const LONG_NUMBER = /[:[,]\s*-?\d{16}/;

/** Parses `body`; integers beyond 2^53 become strings. Throws Malformed. */
export function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    throw new Malformed((error as Error).message);
  }
}

function keepDigits(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}
