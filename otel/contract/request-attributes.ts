// Attributes that the spans of several services share: what stretched a request, and the heads of its messages.

import * as names from './names.ts';

/** Spans of servers have them only while the server can afford to find them out. */
export const BELOW_RATE = 'below 50 requests a second';

/** What stretched a request in the process of its span; `condition` stands before each meaning. */
export function stalls(condition = '') {
  const when = condition && `${condition}, `;
  return {
    [names.ATTR_CPU_WAIT]: `${when}when it is 0.5 or more: ms in which this process waited for a CPU`,
    [names.ATTR_GC_PAUSE]: `${when}when it is 0.5 or more: ms in which this process collected garbage`,
    [names.ATTR_EVENT_LOOP_ACTIVE]: `${when}when it is 5 or more: ms in which the event loop of this process ran code for this request or others, apart from these two`,
  };
}

/** The heads of a server's request and response; `which` says of what, or who gets them. */
export function heads(which: string) {
  return {
    [names.ATTR_HTTP_REQUEST_HEAD]: `${BELOW_RATE}: the first line and the headers ${which}; cookies are shortened`,
    [names.ATTR_HTTP_RESPONSE_HEAD]: `${BELOW_RATE}, when a response was begun: its first line and headers`,
  };
}
