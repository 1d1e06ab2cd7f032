// Addresses as attributes: without credentials that a reader could use. As OpenTelemetry requires of url.full and url.query
// (https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/): user and password, and the values of signatures.

const REDACTED = 'REDACTED';

/** `text`, an address or what holds some (a query, a head), with their credentials redacted. */
export function withoutCredentials(text: string): string {
  if (!/[@=]/.test(text)) return text; // most
  return text
    .replace(/\b([a-z][a-z\d+.-]{0,30}:\/\/)[^\s/?#]*@/gi, `$1${REDACTED}:${REDACTED}@`)
    .replace(/\b(AWSAccessKeyId|Signature|sig|X-Goog-Signature)=[^\s&#]*/g, `$1=${REDACTED}`);
}
