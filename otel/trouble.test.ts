import { expect, test, vi } from 'vitest';
import { onTrouble, troubleLogger } from './trouble.ts';

const URL = 'http://127.0.0.1:4318';
const failed = JSON.stringify({ message: 'connect ECONNREFUSED 127.0.0.1:4318', code: 'ECONNREFUSED', stack: '…' });

test('messages before the listener is set are reported later; the same message again only after five minutes', () => {
  let time = 0;
  const logger = troubleLogger(URL, () => time);
  logger.error(failed);
  const report = vi.fn();
  onTrouble(report);
  const sentence = `Spans could not be delivered to ${URL} (connect ECONNREFUSED 127.0.0.1:4318).`;
  expect(report).toHaveBeenCalledExactlyOnceWith(sentence);
  logger.error(failed);
  time = 299_999;
  logger.error(failed);
  expect(report).toHaveBeenCalledOnce();
  time = 300_000;
  logger.error(failed);
  expect(report).toHaveBeenCalledTimes(2);
});

test('a response is reported with its status, other errors as they are, and nothing below an error', () => {
  const report = vi.fn();
  onTrouble(report);
  const logger = troubleLogger(URL);
  logger.error(JSON.stringify({ message: 'Unauthorized', code: '401' }));
  logger.warn('Unsupported OTLP traces protocol: foo.');
  logger.info('Export failed');
  expect(report.mock.calls.flat()).toEqual([
    `Spans could not be delivered to ${URL} (Unauthorized, 401).`,
    'OpenTelemetry: Unsupported OTLP traces protocol: foo.',
  ]);
});
