// A lesson: one Markdown file. Front matter, then sections in this order; what spoils the task comes last.
//
//   --- title, story, minutes ---   text   ## Predict   ## Do   ## Check (```check)   ## Hint   ## What you saw   ## Read next

import { ownProperty } from '../own-property.ts';
import { type Check, LessonError, parseCheck } from './check-language.ts';
import { STORIES, type StoryNumber } from './stories.ts';

export type Lesson = {
  /** Its place in the order, from the file's name: 2 for `02-the-phonebook.md`. */
  number: number;
  /** The rest of the file's name: `the-phonebook`. */
  name: string;
  title: string;
  story: StoryNumber;
  minutes: number;
  /** Markdown. */
  text: string;
  predict: string;
  task: string;
  hint: string;
  saw: string;
  next: string;
  check: Check;
};

const SECTIONS = ['Predict', 'Do', 'Check', 'Hint', 'What you saw', 'Read next'] as const;
type Section = { text: string; line: number };

/** Reads a lesson's file. Throws a LessonError that names the line of what is wrong. */
export function parseLesson(file: string, source: string): Lesson {
  const [, number, name] = /^(\d\d)-([a-z0-9-]+)\.md$/.exec(file) ?? [];
  if (number === undefined || name === undefined) {
    throw new LessonError(`a lesson's file is called 07-name.md, not ${file}`, 1);
  }
  const lines = source.split('\n');
  const { fields, end } = frontMatter(lines);
  const sections = sectionsOf(lines, end);
  const text = (heading: (typeof SECTIONS)[number]) => (sections.get(heading) as Section).text;
  const story = Number(fields.get('story')?.text);
  if (!ownProperty(STORIES, String(story)))
    throw new LessonError('story is a number from 1 to 5', fields.get('story')?.line ?? 1);
  const minutes = Number(fields.get('minutes')?.text);
  if (!(minutes > 0)) throw new LessonError('minutes is a number', fields.get('minutes')?.line ?? 1);
  const title = fields.get('title')?.text;
  if (!title) throw new LessonError('a title is missing', 1);
  return {
    number: Number(number),
    name,
    title,
    story: story as StoryNumber,
    minutes,
    text: (sections.get('') as Section).text,
    predict: text('Predict'),
    task: text('Do'),
    hint: text('Hint'),
    saw: text('What you saw'),
    next: text('Read next'),
    check: checkOf(sections.get('Check') as Section),
  };
}

function frontMatter(lines: readonly string[]): { fields: Map<string, Section>; end: number } {
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end === -1)
    throw new LessonError('a lesson begins with front matter between two lines ---', 1);
  const fields = new Map<string, Section>();
  for (const [index, text] of lines.slice(1, end).entries()) {
    const [, name, value] = /^(\w+): *(.+)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new LessonError(`expected "name: value", not "${text}"`, index + 2);
    fields.set(name, { text: value, line: index + 2 });
  }
  return { fields, end: end + 1 };
}

/** The text below each heading; '' is what stands before the first. Each must be there, and in order. */
function sectionsOf(lines: readonly string[], from: number): Map<string, Section> {
  const sections = new Map<string, Section>([['', { text: '', line: from + 1 }]]);
  let current = '';
  lines.slice(from).forEach((text, index) => {
    const line = from + index + 1;
    const [, heading] = /^## (.+)$/.exec(text) ?? [];
    if (heading === undefined) {
      const section = sections.get(current) as Section;
      section.text += `${text}\n`;
      return;
    }
    const expected = SECTIONS[sections.size - 1];
    if (heading !== expected)
      throw new LessonError(`the next section is "${expected ?? 'none'}", not "${heading}"`, line);
    sections.set(heading, { text: '', line: line + 1 });
    current = heading;
  });
  const missing = SECTIONS.find((heading) => !sections.has(heading));
  if (missing !== undefined) throw new LessonError(`the section "${missing}" is missing`, lines.length);
  for (const section of sections.values()) section.text = section.text.replace(/^\n+|\s+$/g, '');
  return sections;
}

function checkOf({ text, line }: Section): Check {
  const [whole, source] = /^```check\n([\s\S]*?)\n?```/.exec(text) ?? [];
  if (whole === undefined || source === undefined) throw new LessonError('the check stands in a block ```check', line);
  const check = parseCheck(source, line + 2); // below the empty line and the fence
  const sending = check.visits.find(({ send }) => send !== null);
  if (sending) throw new LessonError('in a lesson the learner sends: take `send` out', sending.line);
  return check;
}
