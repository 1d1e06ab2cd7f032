import { expect, test } from 'vitest';
import { spansOf } from '../../../traces/model.ts';
import { traceRow } from './rows.ts';

const summary = {
  traceId: '1',
  rootServiceName: 'shop',
  rootOperationName: 'GET',
  services: Array.from({ length: 200 }, () => ({ name: 's'.repeat(5000) })),
};
const span = (attributes: Record<string, string>) =>
  spansOf({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '1',
                spanId: '2',
                name: 'n'.repeat(5000),
                attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
              },
            ],
          },
        ],
      },
    ],
  });

test('long values are cut: a row has a few thousand characters', () => {
  const long = 'x'.repeat(1_000_000);
  for (const attributes of [
    { 'url.full': long, 'waybill.scenario': long, 'waybill.learner': long, 'http.request.method': long },
    { 'url.path': long, 'url.query': long, 'server.address': long, 'url.scheme': long },
  ]) {
    const row = traceRow(summary, span(attributes));
    expect(JSON.stringify(row).length).toBeLessThan(20_000);
    expect(row.url?.endsWith('x…')).toBe(true);
  }
});

test('a trace that was not read has the root name of its summary', () => {
  expect(traceRow(summary, [])).toMatchObject({ name: 'shop GET', url: null, method: null });
});
