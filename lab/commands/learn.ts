// npm run learn: the lessons in the terminal. The journey page has the same ones at /lessons, with the same checks.
//
//   1  How a letter finds its reader
//      ✓  1  What a trace is              3 min
//      ▸  2  What DNS does                3 min

import { createInterface } from 'node:readline/promises';
import type { LessonPage, LessonSummary, Lessons, LessonVerdict } from '../../services/visitor/api.ts';
import { STORIES } from '../../traces/lessons/stories.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { terminalMarkdown } from '../cli/markdown.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, padEnd, style, widest, wrap } from '../cli/screen.ts';
import { askVisitor } from '../cli/send.ts';
import { type LabConfig, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run learn [<lesson> | check [<lesson>] | hint [<lesson>] | forget] [-- flags]

The lessons, one after another: a text, a prediction, a task, and a check of your own traces. The lab must be running (npm start).

  npm run learn              the lessons, and your progress
  npm run learn 2            begins lesson 2, or shows it again
  npm run learn check 2      checks your traces since it began, and asks its questions
  npm run learn hint 2       a hint
  npm run learn check        checks the lesson that you began last
  npm run learn check 2 -- --answer tatis.test. --answer 2
  npm run learn forget       forgets all progress

  --answer TEXT   an answer to the check's questions, in their order
  --again         begins a lesson again
  --json          one JSON object
  --help          this text

Exit code 0: done, or shown. 1: something is missing.`;

const MARKS = { done: ['✓', 'green'], begun: ['▸', 'yellow'], new: ['·', 'dim'] } as const;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { answer: { type: 'string', multiple: true }, again: { type: 'boolean' } },
  async run({ values, words: [what, which, ...rest] }) {
    const takesLesson = what === 'check' || what === 'hint';
    if (rest.length > 0 || (which !== undefined && !takesLesson)) throw new LabError(USAGE);
    const learner = createLearner(readLabConfig());
    const print = (found: object, text: () => string) =>
      console.log(values.json ? printable(JSON.stringify(found)) : text());

    if (what === undefined) {
      const found = await learner.list();
      print(found, () => drawList(found));
      return found.mistakes.length === 0;
    }
    if (what === 'forget') {
      await learner.forget();
      print({}, () => 'All progress is forgotten.');
      return true;
    }
    if (takesLesson) {
      const lesson = await learner.read(which ?? (await learner.current()));
      if (what === 'hint') {
        const hinted = await learner.hint(lesson.name);
        print(hinted, () => terminalMarkdown(hinted.hint ?? ''));
        return true;
      }
      const answers = values.answer ?? (values.json ? [] : await askAnswers(lesson.questions));
      const verdict = await learner.check(lesson.name, answers);
      const lessons = verdict.done ? (await learner.list()).lessons : [];
      print(verdict, () => drawVerdict(verdict, lesson, lessons));
      return verdict.done;
    }
    const known = await learner.read(what);
    const lesson = known.state === 'new' || values.again ? await learner.begin(known.name) : known;
    print(lesson, () => drawLesson(lesson));
    return true;
  },
});

/** The visitor's API of lessons. Each call throws a LabError with what is wrong. */
function createLearner(config: LabConfig) {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await askVisitor(config, path, { method, ...(body && { body: JSON.stringify(body) }) });
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const at = (name: string) => `/lessons/${encodeURIComponent(name)}`;
  const list = () => ask<Lessons>('GET', '/lessons');
  return {
    list,
    read: (name: string) => ask<LessonPage>('GET', at(name)),
    async current(): Promise<string> {
      const { current } = await list();
      if (current === null) throw new LabError('No lesson has been started. Start the first one: npm run learn 1');
      return current;
    },
    begin: (name: string) => ask<LessonPage>('POST', `${at(name)}/begin`),
    hint: (name: string) => ask<LessonPage>('POST', `${at(name)}/hint`),
    check: (name: string, answers: string[]) => ask<LessonVerdict>('POST', `${at(name)}/check`, { answers }),
    forget: () => ask<undefined>('DELETE', '/lessons'),
  };
}

/** The answers that are typed at the terminal; none where the input is not a terminal. */
async function askAnswers(questions: readonly string[]): Promise<string[]> {
  if (!process.stdin.isTTY || questions.length === 0) return [];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answers: string[] = [];
  for (const question of questions) {
    console.log(wrap(question, columns()).join('\n'));
    answers.push(await terminal.question(style('bold', '> ')));
  }
  terminal.close();
  return answers;
}

function drawList({ lessons, mistakes, current, kept }: Lessons): string {
  const width = widest(lessons.map(({ title }) => title));
  const row = ({ number, name, title, minutes, state }: LessonSummary) => {
    const [mark, colour] = MARKS[state];
    const line = `${mark} ${String(number).padStart(2)}  ${padEnd(title, width)}  ${String(minutes).padStart(2)} min`;
    return `   ${style(colour, line)}${name === current && state !== 'done' ? style('yellow', '  ← here') : ''}`;
  };
  const groups = [...Map.groupBy(lessons, ({ story }) => story)].flatMap(([story, group]) => [
    style('bold', `${story}  ${STORIES[story].title}`),
    ...group.map(row),
    '',
  ]);
  const done = lessons.filter(({ state }) => state === 'done').length;
  return [
    ...groups,
    ...mistakes.map(({ file, message }) => style('red', `✗ ${file}, ${message}`)),
    `${done} of ${lessons.length} done. ${whatNext(lessons, 0)}`.trimEnd(),
    ...(kept ? [] : ['Your progress is forgotten when this lab ends.']),
  ].join('\n');
}

function drawLesson({ number, title, minutes, text, predict, task, questions, hint, state }: LessonPage): string {
  const part = (heading: string, content: string) => ['', style('bold', heading), '', content];
  const asked = questions.flatMap((question, index) => {
    const [first = '', ...more] = wrap(question, columns() - 4);
    return [`${index + 1}.  ${first}`, ...more.map((line) => `    ${line}`)];
  });
  return [
    style('bold', `${number}. ${title}`) + style('dim', `  ${minutes} min${state === 'done' ? ', done' : ''}`),
    '',
    terminalMarkdown(text),
    ...part('Predict', terminalMarkdown(predict)),
    ...part('Do', terminalMarkdown(task)),
    ...part('Then', asked.join('\n')),
    ...(hint === null ? [] : part('Hint', terminalMarkdown(hint))),
    '',
    style('dim', `Answer these questions: npm run learn check ${number}      a hint: npm run learn hint ${number}`),
  ].join('\n');
}

/** The first lesson after number `after` that is not done yet, or else the first of all. */
function whatNext(lessons: readonly LessonSummary[], after: number): string {
  const open = lessons.filter(({ state }) => state !== 'done');
  const next = open.find(({ number }) => number > after) ?? open[0];
  return next ? `Next: npm run learn ${next.number}` : '';
}

function drawVerdict(
  { done, visits, answers, saw, next }: LessonVerdict,
  { number }: LessonPage,
  lessons: readonly LessonSummary[],
): string {
  const room = columns() - 4;
  const indented = (text: string) =>
    wrap(text, room)
      .map((line) => `    ${line}`)
      .join('\n');
  const found = visits.map(({ label, traceId, missing, nearest }) =>
    traceId !== null
      ? `${style('green', '✓')} visit ${label}: trace ${traceId}`
      : [
          `${style('red', '✗')} visit ${label} is missing:`,
          ...missing.map((each) => indented(`· ${each}`)),
          ...(nearest === null ? [] : [indented(`nearest: trace ${nearest}`)]),
        ].join('\n'),
  );
  const answered = answers.map(({ question, right, where }) => {
    if (right) return `${style('green', '✓')} ${wrap(question, room).join('\n    ')}`;
    const state =
      right === false
        ? 'Not correct'
        : visits.some(({ traceId }) => traceId === null)
          ? 'Do the steps above first: there is no trace to check yet'
          : 'Not answered yet';
    return [
      `${style(right === false ? 'red' : 'yellow', right === false ? '✗' : '·')} ${wrap(question, room).join('\n    ')}`,
      indented(`${state}. Look at ${where}`),
    ].join('\n');
  });
  if (!done) return [...found, ...answered, '', `Not yet. A hint: npm run learn hint ${number}`].join('\n');
  return [
    ...found,
    ...answered,
    '',
    style('bold', 'Done. What you saw'),
    '',
    terminalMarkdown(saw ?? ''),
    '',
    style('bold', 'Read next'),
    '',
    terminalMarkdown(next ?? ''),
    '',
    style('dim', whatNext(lessons, number) || 'All lessons are done.'),
  ].join('\n');
}
