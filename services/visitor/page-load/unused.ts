// Which responses of a page load a browser does not use, and why.

import type { ReceivedResponse } from '../visit/read.ts';
import type { ResourceKind } from './resource.ts';

const TYPES: Partial<Record<ResourceKind, RegExp>> = {
  document: /^text\/html\b|^application\/xhtml\+xml\b/i,
  style: /^text\/css\b/i,
  script: /^(?:text|application)\/(?:x-)?(?:java|ecma)script\b/i,
  image: /^image\//i,
  icon: /^image\//i,
};

/** Why a browser does not use a response; undefined where it does. */
export function noteOn(
  kind: ResourceKind,
  { status, headers }: Pick<ReceivedResponse, 'status' | 'headers'>,
): string | undefined {
  if (status >= 300 && status < 400 && status !== 304) return 'a redirect, which is not followed';
  if (status >= 400) return kind === 'document' ? undefined : `not used: status ${status}`;
  const type = headers['content-type'] ?? '';
  const isRight = status === 204 || TYPES[kind]?.test(type) !== false;
  return isRight ? undefined : `not used as ${kind}: its type is ${type || 'not given'}`;
}
