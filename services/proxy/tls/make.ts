// Makes certificates (RFC 5280) by @peculiar/x509, with keys on the curve P-256.

import 'reflect-metadata'; // @peculiar/x509 needs it to be loaded first
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { nameConstraints } from './name-constraints.ts';

x509.cryptoProvider.set(webcrypto as never);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks differ: a certificate is valid from a time before it was made, in ms. */
const CLOCK_DIFFERENCE_MS = 3_600_000;

type Pem = { cert: string; key: string };

/** An authority whose certificate is valid for `life` ms from `now`. */
export async function authorityPem(now: number, life: number, name = 'CN=Waybill lab CA, O=Waybill'): Promise<Pem> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(now, life),
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.Extension('2.5.29.30', true, nameConstraints()),
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(cert, keys);
}

/** A certificate for `hosts`, signed by the authority `issuer`; without one, by itself. */
export async function site(issuer: Pem | undefined, hosts: readonly string[], now: number, life: number): Promise<Pem> {
  const name = hosts.find((host) => isIP(host) === 0) ?? 'localhost'; // a client would compare an address as a DNS name
  const keys = await newKeys();
  const issuerCert = issuer && new x509.X509Certificate(issuer.cert);
  const cert = await x509.X509CertificateGenerator.create({
    ...common(now, life),
    subject: `CN=${name}`,
    issuer: issuerCert?.subject ?? `CN=${name}`,
    publicKey: keys.publicKey,
    signingKey: issuer ? createPrivateKey(issuer.key).toCryptoKey(ALGORITHM, false, ['sign']) : keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuerCert?.publicKey ?? keys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(cert, keys);
}

function common(now: number, life: number) {
  const serialNumber = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex');
  return { serialNumber, notBefore: new Date(now - CLOCK_DIFFERENCE_MS), notAfter: new Date(now + life) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function pem(cert: x509.X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Pem {
  const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { cert: `${cert.toString('pem')}\n`, key: String(key) };
}
