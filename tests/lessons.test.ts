// The lessons of the first three stories, and what the visitor answers about lessons.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Lessons } from '../services/visitor/api.ts';
import { ANSWERS, ask, FOLDER, lab, lessons, restart, skipped, testLessons } from './lessons.ts';

const STORIES = [1, 2, 3] as const;
const mine = lessons.filter((each) => STORIES.some((story) => story === each.story) && !skipped.includes(each));

test('there are answers here for exactly the lessons that there are', () => {
  expect(Object.keys(ANSWERS)).toEqual(lessons.map(({ name }) => name));
});

testLessons(STORIES);

test('progress outlives the lab, until it is forgotten', async () => {
  await restart({});
  const { lessons: listed, kept } = await ask<Lessons>('GET', '/lessons');
  expect({ kept, done: listed.filter(({ state }) => state === 'done').length }).toEqual({
    kept: true,
    done: mine.length,
  });
  await fetch(`${lab.config.visitorUrl}/lessons`, { method: 'DELETE' });
  const forgotten = await ask<Lessons>('GET', '/lessons');
  expect(forgotten.lessons.every(({ state }) => state === 'new')).toBe(true);
});

test('a hidden fault is the only one, and not shown among the faults until the lesson is done or all is repaired', async () => {
  await ask('PUT', '/faults', { 'gateway.queueDepth': 3 });
  await ask('POST', '/lessons/find-the-hidden-fault/begin');
  const { faults } = await ask<{ faults: { value: unknown; default: unknown }[] }>('GET', '/faults');
  expect(faults.filter((fault) => fault.value !== fault.default)).toEqual([]);
  await fetch(`${lab.config.visitorUrl}/faults`, { method: 'DELETE' });
});

test.each([
  ['POST', '/lessons/nonsense/begin', undefined, 404, 'no_lesson'],
  ['POST', '/lessons/constructor/begin', undefined, 404, 'no_lesson'],
  ['POST', '/lessons/the-queue/hint', undefined, 409, 'not_begun'],
  ['POST', '/lessons/the-queue/check', { answers: 'x' }, 400, 'bad_body'],
  ['POST', '/lessons/the-queue/check', { answers: Array(21).fill('x') }, 400, 'bad_body'],
  ['POST', '/lessons/the-queue/check', { answers: ['x'.repeat(201)] }, 400, 'bad_body'],
  ['PUT', '/lessons/the-queue', {}, 405, 'wrong_method'],
])('%s %s with %j is %d %s', async (method, path, body, status, code) => {
  const response = await fetch(lab.config.visitorUrl + path, { method, ...(body && { body: JSON.stringify(body) }) });
  const { error } = (await response.json()) as { error: { code: string } };
  expect([response.status, error.code]).toEqual([status, code]);
});

test('a teacher’s own lesson is there at once, and a mistake in it is named by its line', async () => {
  const folder = join(lab.config.home, 'lessons');
  const source = readFileSync(join(FOLDER, '01-what-a-trace-is.md'), 'utf8');
  await promisify(execFile)('mkdir', ['-p', folder]);
  await restart({ WAYBILL_LESSONS: folder });
  writeFileSync(join(folder, '01-mine.md'), source.replace('title: What a trace is', 'title: Mine'));
  const broken = source.replace('  has visitor visit', '  hsa visitor visit');
  writeFileSync(join(folder, '02-broken.md'), broken);
  const line = broken.slice(0, broken.indexOf('hsa')).split('\n').length;
  const listed = await ask<Lessons>('GET', '/lessons');
  expect(listed.lessons.map(({ title }) => title)).toEqual(['Mine']);
  expect(listed.mistakes).toEqual([
    { file: '02-broken.md', message: expect.stringContaining(`line ${line}: "hsa" is not a statement`) },
  ]);
});
