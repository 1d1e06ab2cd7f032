// Raw bytes: a DNS message with its field map, the PROXY protocol header, and heads of requests and responses as sent.

import type { Value } from '../../../../traces/model.ts';
import { ownProperty } from '../../../../traces/own-property.ts';
import { lazy } from '../frame/lazy.tsx';
import { Section } from './section.tsx';

const FieldMap = lazy('the decoder of bytes', async () => (await import('./field-map.tsx')).FieldMap);

const HEADS = ['waybill.http.request.head', 'waybill.http.response.head'];
const TITLES: Record<string, string> = {
  'waybill.dns.message.query': 'The question, byte by byte',
  'waybill.dns.message.reply': 'The reply, byte by byte',
  'waybill.http.request.head': 'The request, as it was sent',
  'waybill.http.response.head': 'The response, as it was sent',
  'waybill.proxy_header': 'The PROXY header, byte by byte',
  'waybill.tls.client_hello': 'Your hello, byte by byte',
  'waybill.tls.server_hello': 'The answer to it, byte by byte',
};

/** Whether an attribute holds bytes or a head. */
export function isBytes(name: string): boolean {
  return Object.hasOwn(TITLES, name);
}

export function Bytes({ name, value, says }: { name: string; value: Value; says: string | undefined }) {
  return (
    <Section title={ownProperty(TITLES, name) ?? name}>
      {says && <p class="quiet">{says}</p>}
      {HEADS.includes(name) ? <pre class="head">{String(value)}</pre> : <FieldMap name={name} hex={String(value)} />}
    </Section>
  );
}
