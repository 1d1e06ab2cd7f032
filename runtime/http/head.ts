// The head of a message as it stands on the wire (RFC 9112): its first line and its fields, for a span to show.
// Credentials (cookies, passwords) are shortened.

import { withoutCredentials } from '../../otel/url.ts';

/** The most of a head that is shown, in characters. */
const MOST = 8 * 1024;
/** How much of a secret is shown. */
const SHOWN = 4;

/** Of how many requests a second the heads are shown: a learner's all, a bench's few. They would cost a tenth of a request. */
const SHOWN_A_SECOND = 50;

const COOKIE = /^((?:set-)?cookie)$/i;
const CREDENTIALS = /^(?:(?:proxy-)?authorization|x-csrftoken)$/i;

type Fields = Record<string, string | number | readonly string[] | undefined>;

let second = 0;
let shown = 0;

/** Whether there is time to show the heads of one more request: called once for each. */
export function areHeadsShown(): boolean {
  const now = Math.floor(performance.now() / 1000);
  if (now !== second) {
    second = now;
    shown = 0;
  }
  shown += 1;
  return shown <= SHOWN_A_SECOND;
}

/** A head, from its first line and its fields: an object, or names and values in turn (Node's `rawHeaders`). */
export function headText(firstLine: string, fields: Fields | readonly string[]): string {
  const lines = [...pairsOf(fields)].map(([name, value]) => `${name}: ${shortened(name, value)}\r\n`);
  const text = withoutCredentials(`${firstLine}\r\n${lines.join('')}\r\n`);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

function* pairsOf(fields: Fields | readonly string[]): Iterable<[name: string, value: string]> {
  if (isList(fields)) {
    for (let at = 0; at + 1 < fields.length; at += 2) yield [fields[at] as string, fields[at + 1] as string];
    return;
  }
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value ?? []].flat()) yield [name, String(each)];
  }
}

function isList(fields: Fields | readonly string[]): fields is readonly string[] {
  return Array.isArray(fields);
}

function shortened(name: string, value: string): string {
  if (CREDENTIALS.test(name)) return value.replace(/(\S+\s+)?(.*)/s, (_, scheme = '', secret) => scheme + cut(secret));
  if (!COOKIE.test(name)) return value;
  const pairs = /^set-/i.test(name) ? /^([^=;]*=)([^;]*)/ : /([^=;]+=)([^;]*)/g;
  return value.replace(pairs, (_, before: string, secret: string) => before + cut(secret));
}

function cut(secret: string): string {
  return secret.length > SHOWN ? `${secret.slice(0, SHOWN)}…` : secret;
}
