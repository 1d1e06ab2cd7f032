import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

const newFile = () => join(mkdtempSync(join(tmpdir(), 'waybill-progress-')), 'progress.json');

test.each(['root:x:0:0:root:/root:/bin/bash\n', '', '{"name":"package"}', '[]'])(
  'a file that is not of the lab (%j) is refused and stays as it is',
  (text) => {
    const file = newFile();
    writeFileSync(file, text);
    expect(() => createProgress(file)).toThrow(`WAYBILL_PROGRESS: ${file} does not contain the progress of lessons.`);
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.damaged`)]).toEqual([text, false]);
  },
);

test('a damaged file of the lab is renamed', () => {
  const file = newFile();
  createProgress(file).update('a', { begun: 1 });
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, -2));
  expect(createProgress(file).get()).toEqual({ current: null, lessons: {} });
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(text.slice(0, -2));
});

test('progress is saved and read again', () => {
  const file = newFile();
  createProgress(file).update('a', { begun: 1 });
  expect(createProgress(file).get()).toEqual({ current: 'a', lessons: { a: { begun: 1 } } });
});
