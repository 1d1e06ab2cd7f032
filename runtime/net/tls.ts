// What both ends of a TLS connection say of it alike.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  ATTR_TLS_CIPHER,
  ATTR_TLS_ESTABLISHED,
  ATTR_TLS_NEXT_PROTOCOL,
  ATTR_TLS_PROTOCOL_VERSION,
  ATTR_TLS_RESUMED,
} from '../../otel/contract/names.ts';

/**
 * What browsers offer today, and servers take: Mozilla's "intermediate" without those that need RSA parameters of their own
 * (https://wiki.mozilla.org/Security/Server_Side_TLS).
 */
export const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Whether what comes over this connection came under TLS. */
export function isTls(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** The attributes of a handshake that was finished. */
export function tlsAttributes(socket: TLSSocket) {
  return {
    [ATTR_TLS_ESTABLISHED]: true,
    [ATTR_TLS_PROTOCOL_VERSION]: (socket.getProtocol() ?? '').replace('TLSv', ''),
    [ATTR_TLS_CIPHER]: socket.getCipher().standardName,
    [ATTR_TLS_RESUMED]: socket.isSessionReused(),
    [ATTR_TLS_NEXT_PROTOCOL]: socket.alpnProtocol || 'none',
  };
}
