import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAILURES } from './errors.ts';

const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

test('every failure and every variable stands in the man page', () => {
  const config = readFileSync(join(import.meta.dirname, 'config.ts'), 'utf8');
  const names = [...Object.keys(FAILURES), ...new Set(config.match(/\bWAYBILL_[A-Z_]+\b/g))];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
