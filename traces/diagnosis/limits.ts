// What the limits of an SDK left out or cut: attributes, events, links.

import type { TraceSpan } from '../model.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const COUNT = {
  text: 'SDK Spans MAY also discard links and events that would increase the number of elements of each collection beyond the configured limit.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits',
};
const LENGTH = {
  text: 'Set an attribute value length limit such that for each attribute value: if it is a string, if it exceeds that limit (counting any character in it as 1), SDKs MUST truncate that value, so that its length is at most equal to the limit.',
  url: 'https://opentelemetry.io/docs/specs/otel/common/#attribute-limits',
};

/** At least this many attributes with texts of the same length, and none longer: they are cut. */
const MIN_CUT = 3;
const MIN_LENGTH = 16;
/** Fewer are, where they are different, and in several other traces of the route the service has longer ones. */
const MIN_SAME = 2;
const MIN_LONGER = 2;
/** Findings by which spans are missing, which may be those with the longer texts. */
const PARTS = new Set(['context-lost', 'missing-service', 'orphans']);
/** The head of an HTTP message with its last line, or cut by the lab itself (headText): its length depends on cookies and names. */
const WHOLE_HEAD = /(\r\n\r\n|…)$/;
/** Digests, ids and bytes have a length of their own. */
const ENCODED = /^[0-9a-f]+$|^[A-Za-z0-9+/]+=*$/i;

export const limits: Check = ({ tree: { nodes }, neighbours: { alike }, found: before }) => {
  const isPart = before.some(({ kind }) => PARTS.has(kind));
  const dropped = [...byService(nodes.filter(({ span }) => span.dropped))].map(([service, spans]) => {
    const counts = (['attributes', 'events', 'links'] as const).map((what) => total(spans, what));
    return finding({
      kind: 'limits',
      hop: service,
      message: `The limits of ${service}'s SDK left out ${counts.filter(Boolean).join(', ')} of ${countSpans(spans).replace(/^The/, 'the')}.`,
      spans,
      repair: `Record less, or raise OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT or OTEL_SPAN_LINK_COUNT_LIMIT (128 each).`,
      rule: COUNT,
    });
  });
  const cut = [...byService(nodes)].flatMap(([service, spans]) => {
    const { length, names, values } = longestTexts(spans);
    const longer = alike.filter(({ longest }) => (longest.get(service) ?? 0) > length).length;
    const isWhole = [...values].every((each) => WHOLE_HEAD.test(each));
    const isShorter = !isPart && !isWhole && longer >= MIN_LONGER && values.size >= MIN_SAME;
    if (
      !isShorter &&
      (names.size < MIN_CUT || length < MIN_LENGTH || [...values].every((each) => ENCODED.test(each)))
    ) {
      return [];
    }
    const found = spans.filter(({ attributes }) =>
      [...names].some((name) => typeof attributes[name] === 'string' && attributes[name].length === length),
    );
    return [
      finding({
        kind: 'limits',
        hop: service,
        message: `The values of ${[...names].slice(0, 3).join(', ')}${names.size > 3 ? ' …' : ''} of ${service} end after ${length} characters, and no value is longer${isShorter ? `, though in ${longer} other traces of this route some are` : ''}: they were cut.`,
        spans: found,
        repair: `Raise OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT (and OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT) of ${service}, or record shorter values.`,
        rule: LENGTH,
      }),
    ];
  });
  return [...dropped, ...cut];
};

function total(spans: readonly TraceSpan[], what: 'attributes' | 'events' | 'links'): string {
  const count = spans.reduce((sum, { dropped }) => sum + (dropped?.[what] ?? 0), 0);
  return count === 0 ? '' : `${count} ${count === 1 ? what.slice(0, -1) : what}`;
}

/** The names of the attributes with the longest texts of all, and the length of these. */
function longestTexts(spans: readonly TraceSpan[]) {
  let longest = { length: 0, names: new Set<string>(), values: new Set<string>() };
  for (const { attributes } of spans) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value !== 'string' || value.length < longest.length) continue;
      if (value.length > longest.length) longest = { length: value.length, names: new Set(), values: new Set() };
      longest.values.add(value);
      longest.names.add(name);
    }
  }
  return longest;
}
