// The attributes that hold bytes in hexadecimal, and the readers of their fields.

import * as names from '../../otel/contract/names.ts';
import { ownProperty } from '../own-property.ts';
import { dnsFields } from './dns.ts';
import { proxyHeaderFields } from './proxy-header.ts';
import { bytesOf, type WireField } from './reader.ts';
import { tlsFields } from './tls.ts';

const READERS: Record<string, (bytes: Uint8Array) => WireField[]> = {
  [names.ATTR_DNS_MESSAGE_QUERY]: dnsFields,
  [names.ATTR_DNS_MESSAGE_REPLY]: dnsFields,
  [names.ATTR_PROXY_HEADER]: proxyHeaderFields,
  [names.ATTR_TLS_CLIENT_HELLO]: tlsFields,
  [names.ATTR_TLS_SERVER_HELLO]: tlsFields,
};

/** The fields of what the attribute `name` holds, side by side; undefined where it holds none. */
export function wireFields(name: string, hex: string): WireField[] | undefined {
  const read = ownProperty(READERS, name);
  if (read === undefined) return undefined;
  const bytes = bytesOf(hex);
  return 2 * bytes.length === hex.length ? read(bytes) : undefined;
}
