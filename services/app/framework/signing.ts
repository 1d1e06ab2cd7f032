// Values that a browser keeps and must not change: `value.signature`, HMAC-SHA-256 under the secret key.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** `value` with its signature; `purpose` keeps a signature for one purpose from being valid for another. */
export function sign(value: string, purpose: string, secretKey: string): string {
  return `${value}.${signature(value, purpose, secretKey)}`;
}

/** The value that was signed; undefined if the signature is wrong. */
export function unsign(signed: string, purpose: string, secretKey: string): string | undefined {
  const dot = signed.lastIndexOf('.');
  if (dot < 0) return undefined;
  const value = signed.slice(0, dot);
  return isSame(signed.slice(dot + 1), signature(value, purpose, secretKey)) ? value : undefined;
}

/** Whether two texts are the same, in constant time. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Random text of letters, digits, `-` and `_`; 6 bits a character. */
export function randomText(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

function signature(value: string, purpose: string, secretKey: string): string {
  return createHmac('sha256', `${purpose}:${secretKey}`).update(value).digest('base64url');
}
