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

/** Whether what comes over this connection came under TLS. */
export function isSealed(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** The attributes of a handshake that was finished. */
export function sealAttributes(sealed: TLSSocket) {
  return {
    [ATTR_TLS_ESTABLISHED]: true,
    [ATTR_TLS_PROTOCOL_VERSION]: (sealed.getProtocol() ?? '').replace('TLSv', ''),
    [ATTR_TLS_CIPHER]: sealed.getCipher().standardName,
    [ATTR_TLS_RESUMED]: sealed.isSessionReused(),
    [ATTR_TLS_NEXT_PROTOCOL]: sealed.alpnProtocol || 'none',
  };
}
