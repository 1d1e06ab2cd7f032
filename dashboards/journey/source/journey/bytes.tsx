// Raw bytes: a DNS message with its field map, the PROXY protocol header, and heads of requests and responses as sent.

import { texts } from '#texts/card.tsx';
import type { Value } from '../../../../traces/model.ts';
import { ownProperty } from '../../../../traces/own-property.ts';
import { lazy } from '../frame/lazy.tsx';
import { RawText } from './raw-text.tsx';
import { Section } from './section.tsx';

const FieldMap = lazy(texts.decoder, async () => (await import('./field-map.tsx')).FieldMap);

const HEADS = ['waybill.http.request.head', 'waybill.http.response.head'];
const TITLES: Record<string, string> = {
  'waybill.dns.message.query': texts.dnsQuestion,
  'waybill.dns.message.reply': texts.dnsReply,
  'waybill.http.request.head': texts.requestHead,
  'waybill.http.response.head': texts.responseHead,
  'waybill.proxy_header': texts.proxyHeader,
  'waybill.tls.client_hello': texts.clientHello,
  'waybill.tls.server_hello': texts.serverHello,
};

/** Whether an attribute holds bytes or a head. */
export function isBytes(name: string): boolean {
  return Object.hasOwn(TITLES, name);
}

export function Bytes({ name, value, says }: { name: string; value: Value; says: string | undefined }) {
  return (
    <Section title={ownProperty(TITLES, name) ?? name}>
      {says && <p class="quiet">{says}</p>}
      {HEADS.includes(name) ? <RawText text={String(value)} /> : <FieldMap name={name} hex={String(value)} />}
    </Section>
  );
}
