// The certificates of a TLS connection, as they are recorded on its span.

import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** A certificate; `line`: common names of subject and issuer, first and last day. */
export type ChainCertificate = { subject: string; issuer: string; notBefore: string; notAfter: string; line: string };

const MAX_LENGTH = 5;

/** The chain, from the site's certificate to a self-signed one, as far as it was sent or is known. */
export function readChain(tls: TLSSocket): ChainCertificate[] {
  const chain: ChainCertificate[] = [];
  let one: DetailedPeerCertificate | undefined = tls.getPeerCertificate(true);
  while (one?.raw && chain.length < MAX_LENGTH) {
    const { subject: of, issuer: by, valid_from, valid_to, issuerCertificate }: DetailedPeerCertificate = one;
    const [subject = '', issuer = ''] = [of, by].map((name) => {
      const parts = Object.entries(name ?? {}).map(([type, value]) => `${type}=${value}`);
      return parts.join(', ');
    });
    // A certificate may contain any text as a date.
    const [notBefore = '', notAfter = ''] = [valid_from, valid_to].map((text) => {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) ? 'invalid date' : date.toISOString();
    });
    const line = [of?.CN ?? subject, by?.CN ?? issuer, notBefore.slice(0, 10), notAfter.slice(0, 10)].join(' · ');
    chain.push({ subject, issuer, notBefore, notAfter, line });
    one = issuerCertificate === one ? undefined : issuerCertificate;
  }
  return chain;
}
