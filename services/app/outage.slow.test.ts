// The database ends while the worker runs.

import { expect, test } from 'vitest';
import { startApp } from '../../tests/support/app/app.ts';
import { noPostgresql, startPostgresql } from '../../tests/support/app/postgresql.ts';
import { recordSpans } from '../../tests/support/otel.ts';

const recorded = recordSpans();

test('without its database a page is a 500 whose trace says why, and other pages are served', async ({ skip }) => {
  if (noPostgresql) skip(noPostgresql);
  const { url, stop } = await startPostgresql();
  const app = await startApp({ databaseUrl: url });
  const visitor = app.visitor();
  expect((await visitor.get('/letters/Ola/')).status).toBe(200);
  await stop();
  recorded.clear();
  const { status, body } = await visitor.get('/letters/Ola/');
  expect([status, body.includes('Server error')]).toEqual([500, true]);
  const [view] = recorded.named('view letter');
  expect(view?.attributes['error.type']).toBeDefined();
  expect(body).toContain(view?.spanContext().traceId);
  expect((await visitor.get('/')).status).toBe(200);
  await app.stop();
});
