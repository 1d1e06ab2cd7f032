// The moments that the visitor notes on its request: sent, first byte of the answer, last byte.

import type { TraceSpan } from '../model.ts';

/** When (ms since 1970); undefined what never came. */
export function requestMoments({ events }: TraceSpan) {
  const at = (wanted: string) => events.find(({ name }) => name === wanted)?.time;
  return { sent: at('request sent'), firstByte: at('first byte'), lastByte: at('last byte') };
}
