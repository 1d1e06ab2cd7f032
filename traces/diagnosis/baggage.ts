// Personal or secret values in the baggage, which goes along with every request, to services outside as well.

import { SpanKind } from '@opentelemetry/api';
import { ATTR_HTTP_REQUEST_HEAD } from '../../otel/contract/names.ts';
import type { TraceSpan } from '../model.ts';
import type { SpanNode } from '../tree.ts';
import { type Check, finding } from './finding.ts';
import { headersOf } from './received-context.ts';

const RULE = {
  text: "Application owners should either ensure that no proprietary or confidential information is stored in baggage, or they should ensure that baggage isn't present in requests that cross trust-boundaries.",
  url: 'https://www.w3.org/TR/baggage/#information-exposure',
};

/** Names of personal and secret values, and an address of e-mail as a value. */
const PERSONAL =
  /(^|[._-])(e?-?mail|password|passwd|secret|token|session|cookie|authorization|api-?key|phone|iban|card)([._-]|$)/i;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

export const baggage: Check = ({ tree: { nodes } }) => {
  const found = nodes.flatMap((node) => personalEntries(node).map((name) => ({ name, node })));
  return [...Map.groupBy(found, ({ name }) => name)].map(([name, entries]) => {
    const inOrder = entries.map(({ node }) => node).sort((a, b) => a.span.start - b.span.start);
    const hop = hopOf(inOrder[0] as SpanNode);
    const services = [...new Set(inOrder.map(({ span }) => span.service))].join(', ');
    return finding({
      kind: 'baggage',
      hop,
      message: `The baggage has the entry ${name} from ${hop} on: a personal or secret value in the header of every request (${services}), which other sites that are called receive as well.`,
      spans: inOrder.map(({ span }) => span),
      repair:
        'Set such values as attributes of spans, not as baggage; or remove the baggage from requests that leave your own services.',
      rule: RULE,
    });
  });
};

function personalEntries({ span }: SpanNode): string[] {
  if (!hasBaggage(span)) return [];
  const entries = headersOf(span)?.get('baggage')?.split(',') ?? [];
  return entries.flatMap((entry) => {
    const [, name = '', value = ''] = /^\s*([^=\s]+)\s*=\s*([^;]*)/.exec(entry) ?? [];
    return PERSONAL.test(name) || EMAIL.test(value.replaceAll('%40', '@')) ? [name] : [];
  });
}

/** Whether its headers may have some: looked at before all of them are read. */
function hasBaggage({ attributes }: TraceSpan): boolean {
  const head = attributes[ATTR_HTTP_REQUEST_HEAD];
  return typeof head === 'string' ? /^baggage:/im.test(head) : 'http.request.header.baggage' in attributes;
}

/** Between which services the request goes: its client, or its server, has it. */
function hopOf({ span, parent, children }: SpanNode): string {
  const [from, to] =
    span.kind === SpanKind.CLIENT ? [span.service, children[0]?.span.service] : [parent?.span.service, span.service];
  return [from, to].filter(Boolean).join(' → ');
}
