import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GLOSSARY, GLOSSARY_WORD, glossaryLink } from '../../otel/contract/glossary.ts';
import { ROOT } from '../../runtime/program.ts';
import { pages } from './docs.ts';

test.for(Object.entries(pages()))('%s is as it would be written (npm run docs)', ([path, text]) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
});

test('the glossary is in alphabetical order', () => {
  const words = Object.keys(GLOSSARY);
  expect(words).toEqual([...words].sort((a, b) => a.localeCompare(b, 'en')));
});

describe('a lesson leads to the glossary where a word stands for the first time, and to pictures that are there', () => {
  const folder = join(ROOT, 'lessons');
  test.each(readdirSync(folder).filter((file) => /^\d/.test(file)))('%s', (file) => {
    const text = readFileSync(join(folder, file), 'utf8').replace(/^---[\s\S]*?---/, '');
    const linked = new Set([...text.matchAll(/\(\.\.\/(docs\/glossary\.md#[\w-]+)\)/g)].map(([, link]) => link));
    const words = text.replace(/```[\s\S]*?```|`[^`\n]*`|!?\[[^\]]*\]\([^)]*\)|^#.*/gm, '');
    const standing = [...words.matchAll(new RegExp(GLOSSARY_WORD, 'g'))].map(([, word = '']) => glossaryLink(word));
    expect(new Set(standing).difference(linked)).toEqual(new Set());
    for (const [, picture = ''] of text.matchAll(/!\[.+\]\((.+)\)/g))
      expect(existsSync(join(folder, picture))).toBe(true);
  });
});
