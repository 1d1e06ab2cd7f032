// What may be asked of POST /visits, checked field by field.

import * as v from 'valibot';
import { flag, object, oneOf, table } from '../../runtime/control/schema.ts';

const ADDRESS = 'takes an address, such as http://tatis.test/';
const TRACEPARENT = 'takes a traceparent (https://www.w3.org/TR/trace-context/)';
const NO_IPV6 = 'takes a name or an IPv4 address: the lab has no IPv6';

/** A visit to make; `cold`: the phonebook forgets everything first; `browser`: whose cookies and connections (default); `tls`: the only version spoken. */
export const visitRequest = object({
  url: v.pipe(
    v.string(ADDRESS),
    v.check((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), ADDRESS),
    v.transform((text) => new URL(text)),
    v.check(({ hostname }) => !hostname.startsWith('['), NO_IPV6),
  ),
  method: v.optional(oneOf(['GET', 'HEAD', 'POST']), 'GET'),
  form: v.optional(table(v.string(), v.string('takes a text'))),
  connection: v.optional(oneOf(['new', 'kept']), 'new'),
  tls: v.optional(oneOf(['1.1', '1.2', '1.3'])),
  cold: v.optional(flag(), false),
  browser: v.optional(v.string('takes a name'), 'default'),
  link: v.optional(v.pipe(v.string(TRACEPARENT), v.regex(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/, TRACEPARENT))),
});

/** A request as the schema gives it. */
export type CheckedVisitRequest = v.InferOutput<typeof visitRequest>;
