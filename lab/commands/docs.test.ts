import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GLOSSARY } from '../../otel/contract/glossary.ts';
import { pages } from './docs.ts';

const ROOT = join(import.meta.dirname, '../..');

test.for(Object.entries(pages()))('%s is as it would be written (npm run docs)', ([path, text]) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
});

test('the glossary is in alphabetical order', () => {
  const words = Object.keys(GLOSSARY);
  expect(words).toEqual([...words].sort((a, b) => a.localeCompare(b, 'en')));
});
