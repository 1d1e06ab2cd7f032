import { expect, test } from 'vitest';
import { encodeProxyHeader, hopsField, tlsContextField, traceField } from '../../runtime/net/proxy-protocol.ts';
import { seededRandom } from '../../tests/support/otel.ts';
import { proxyHeaderFields } from './proxy-header.ts';

const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const header = encodeProxyHeader({
  addresses: { source: { host: '192.0.2.7', port: 50_000 }, destination: { host: '203.0.113.10', port: 443 } },
  fields: [traceField(context), hopsField(8), tlsContextField(context)],
});

test('decodes every field of a header', () => {
  expect(proxyHeaderFields(header).map(({ part, name, value }) => `${part} ${name}: ${value}`)).toEqual([
    'header signature: a PROXY header, version 2, begins',
    'header version and command: version 2, PROXY',
    'header family: TCP over IPv4',
    'header length: 76 bytes follow',
    'header source address: 192.0.2.7',
    'header destination address: 203.0.113.10',
    'header source port: 50000',
    'header destination port: 443',
    ...field(224, "the trace's context"),
    'field type: 0xe1: routers that may still follow',
    'field length: 1',
    'routers that may still follow number: 8',
    ...field(226, 'context of the TLS handshake'),
  ]);
});

function field(type: number, part: string): string[] {
  return [
    `field type: 0x${type.toString(16)}: ${part}`,
    'field length: 27',
    `${part} version: 0`,
    `${part} reserved: 0`,
    `${part} trace id: ${context.traceId}`,
    `${part} span id: ${context.spanId}`,
    `${part} trace flags: sampled`,
  ];
}

test('the ranges of 20,000 headers with changed bytes, cut anywhere, lie side by side', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 20_000; round++) {
    const changed = Buffer.from(header.subarray(0, 1 + random(header.length)));
    for (let change = random(4); change >= 0; change--) changed[random(changed.length)] = random(256);
    const fields = proxyHeaderFields(changed);
    const isTiled = fields.every(({ start, end }, index) => start === (fields[index - 1]?.end ?? 0) && end > start);
    if (!isTiled || fields.at(-1)?.end !== changed.length) throw new Error(changed.toString('hex'));
  }
});
