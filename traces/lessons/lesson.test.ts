import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deploymentSpans, findSpec, spans as journeySpans } from '../../otel/contract/index.ts';
import { parseLesson } from './lesson.ts';

const FOLDER = join(import.meta.dirname, '../../lessons');
const files = readdirSync(FOLDER).filter((file) => /^\d/.test(file));
const read = (file: string) => parseLesson(file, readFileSync(join(FOLDER, file), 'utf8'));

const WHOLE = `---
title: T
story: 1
minutes: 3
---

Text.

## Predict

P

## Do

D

## Check

\`\`\`check
visit A
\`\`\`

## Hint

H

## What you saw

S

## Read next

N
`;

const spans = [...journeySpans, ...deploymentSpans];

test('a lesson is read into its parts', () => {
  expect(parseLesson('03-its-memory.md', WHOLE)).toMatchObject({
    number: 3,
    name: 'its-memory',
    title: 'T',
    story: 1,
    minutes: 3,
    text: 'Text.',
    predict: 'P',
    task: 'D',
    hint: 'H',
    saw: 'S',
    next: 'N',
    check: { visits: [{ label: 'A', line: 20 }] },
  });
});

describe('a mistake is named by its line', () => {
  test.for([
    ['lesson.md', WHOLE, 'line 1: a lesson’s file is called'],
    ['01-a.md', WHOLE.replace('---\n', ''), 'line 1: a lesson begins with front matter'],
    ['01-a.md', WHOLE.replace('story: 1', 'story: 9'), 'line 3: story is a number from 1 to 5'],
    ['01-a.md', WHOLE.replace('minutes: 3', 'minutes: long'), 'line 4: minutes is a number'],
    ['01-a.md', WHOLE.replace('## Do', '## Task'), 'line 13: the next section is "Do", not "Task"'],
    ['01-a.md', WHOLE.replace('## Read next\n\nN\n', ''), 'the section "Read next" is missing'],
    ['01-a.md', WHOLE.replace('```check', '```sh'), 'the check stands in a block'],
    ['01-a.md', WHOLE.replace('visit A', 'visit'), 'line 20: expected: visit <label>'],
  ] as const)('%s: %s', ([file, source, message]) => {
    expect(() => parseLesson(file, source)).toThrow(message.replace('’', "'"));
  });
});

test('the lessons stand story after story', () => {
  const inOrder = files.map((file) => read(file).story);
  expect(inOrder).toEqual(inOrder.toSorted());
});

test('the lessons are numbered from 1, without gaps', () => {
  expect(files.map((file) => Number(file.slice(0, 2)))).toEqual(files.map((_, index) => index + 1));
});

describe.for(files)('%s', (file) => {
  const { check, hint, saw, predict, task } = read(file);
  const patterns = [
    ...check.visits.flatMap(({ clauses }) => clauses.map(({ span }) => span)),
    ...check.questions.map(({ span }) => span),
  ];

  test('has something in each section', () => {
    expect([predict, task, hint, saw].every((text) => text.length > 20)).toBe(true);
  });

  test('names spans and attributes that the contract has', () => {
    const known = new Set(spans.flatMap((spec) => [...Object.keys(spec.attributes), ...Object.keys(spec.sometimes)]));
    const pseudo = ['ms', 'scope', 'error', 'at', 'service.name'];
    const attributes = [
      ...patterns.flatMap(({ conditions }) => conditions.map(({ attribute }) => attribute)),
      ...check.questions.filter(({ kind }) => kind === 'value').map(({ detail }) => detail),
    ];
    expect(attributes.filter((name) => !known.has(name) && !pseudo.includes(name))).toEqual([]);
    const services = patterns.filter(({ service }) => service !== '*' && service !== 'other');
    const unknown = services.filter(
      ({ service, name }) =>
        name !== '*' &&
        !spans.some(
          (spec) => spec.service === service && findSpec({ service, kind: spec.kind, name: name.replace('*', 'x') }),
        ),
    );
    expect(unknown).toEqual([]);
  });
});
