import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { decodeTraceOption, encodeTraceOption } from './dns.ts';

const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

test('writes 27 bytes: version, reserved, trace id, span id, flags', () => {
  expect(encodeTraceOption(spanContext).toString('hex')).toBe('00000af7651916cd43dd8448eb211c80319cb7ad6b716920333101');
});

test('reads back what it wrote, as a remote parent', () => {
  const read = trace.getSpanContext(decodeTraceOption(encodeTraceOption(spanContext)));
  expect(read).toEqual({ ...spanContext, isRemote: true });
});

test.each([
  ['no option', undefined],
  ['a short one', Buffer.alloc(26)],
  ['a long one', Buffer.alloc(28, 1)],
  ['another version', Buffer.from(`01${'11'.repeat(26)}`, 'hex')],
  ['a trace id of zeros', Buffer.from(`0000${'00'.repeat(16)}${'11'.repeat(8)}01`, 'hex')],
])('%s carries no span', (_, data) => {
  expect(trace.getSpanContext(decodeTraceOption(data))).toBeUndefined();
});
