// Names with ids in them: each is a name of its own for whatever counts and groups by name.

import type { TraceSpan } from '../model.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const RULE = {
  text: 'The span name SHOULD be the most general string that identifies a (statistically) interesting class of Spans, rather than individual Span instances while still being human-readable. That is, "get_user" is a reasonable name, while "get_user/314159", where "314159" is a user ID, is not a good name due to its high cardinality.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/api/#span',
};

/** A UUID, 16 or more hex digits with a figure among them, a number as a segment of a path, five figures in a row, an address of e-mail. */
const ID =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{16,}|\/\d+(?=[/?\s]|$)|\d{5,}|[\w.+-]+@[\w-]+\.\w+/i;
/** So many names that differ in figures only are as bad. */
const MAX_VARIANTS = 10;
const MAX_NAME = 200;

export const spanNames: Check = ({ tree: { nodes } }) =>
  [...byService(nodes)].flatMap(([service, spans]) => {
    const bad = namesWithIds(spans);
    const found = spans.filter(({ name }) => bad.has(name));
    if (found.length === 0) return [];
    return [
      finding({
        kind: 'span-names',
        hop: service,
        message: `${countSpans(found)} of ${service} ${found.length === 1 ? 'has a name' : `have ${bad.size === 1 ? 'a name' : `${bad.size} different names`}`} with an id or a value in it: the number of names grows without bound (cardinality).`,
        spans: found,
        repair: 'Name the span by its route or its work (GET /users/{id}), and set the id as an attribute.',
        rule: RULE,
      }),
    ];
  });

function namesWithIds(spans: readonly TraceSpan[]): Set<string> {
  const names = new Set(spans.map(({ name }) => name));
  const variants = Map.groupBy(names, (name) => name.slice(0, MAX_NAME).replaceAll(/\d+/g, '0'));
  const many = [...variants.values()].filter((each) => each.length > MAX_VARIANTS).flat();
  return new Set([...[...names].filter((name) => ID.test(name.slice(0, MAX_NAME))), ...many]);
}
