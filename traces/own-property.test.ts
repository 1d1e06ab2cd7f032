import { expect, test } from 'vitest';
import { spansOf } from './model.ts';
import { ownProperty } from './own-property.ts';
import { storyOf } from './story.ts';

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a table without %s has none', (key) => {
  expect(ownProperty({ a: 1 }, key)).toBeUndefined();
});

test('a table has what is its own, whatever that is called', () => {
  expect([ownProperty({ a: 1 }, 'a'), ownProperty(JSON.parse('{"__proto__":2}'), '__proto__')]).toEqual([1, 2]);
});

test('services, spans and values with the names of what objects inherit have a story as any other', () => {
  const names = ['constructor', '__proto__', 'toString', 'valueOf'];
  const span = (name: string, index: number) => ({
    traceId: '1'.repeat(32),
    spanId: String(index).padStart(16, '1'),
    name,
    kind: 2,
    attributes: [{ key: 'waybill.dns.cache', value: { stringValue: name } }],
  });
  const data = ['dns', ...names].map((service) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ scope: { name: 'waybill' }, spans: [...names, 'resolve'].map(span) }],
  }));
  const story = storyOf(spansOf({ resourceSpans: data }));
  expect(story.map(({ text }) => typeof text)).toEqual(story.map(() => 'string'));
});
