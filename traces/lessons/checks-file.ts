// A file of one's own checks (npm run check): Markdown with blocks ```check in the language of the lessons. Each visit says what is
// sent; there is no learner whom a question could be asked.

import { type Check, LessonError, parseCheck, type VisitPattern } from './check-language.ts';

/** A visit that says what is sent. */
export type SentVisit = VisitPattern & { send: NonNullable<VisitPattern['send']> };

/** The visits of all blocks of a file, in their order. Throws a LessonError that names the line of a mistake. */
export function parseChecksFile(text: string): SentVisit[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const visits: SentVisit[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.trim() !== '```check') continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new LessonError('the block ```check has no end: a line ```', at + 1);
    visits.push(...sentVisitsOf(parseCheck(lines.slice(at + 1, end).join('\n'), at + 2)));
    at = end;
  }
  if (visits.length === 0) throw new LessonError('a file of checks has at least one block ```check', 1);
  return visits;
}

function sentVisitsOf({ visits, questions, hiddenFaults }: Check): SentVisit[] {
  const [question] = questions;
  if (question) throw new LessonError('a question belongs into a lesson: npm run check asks nothing', question.line);
  const [fault] = hiddenFaults;
  if (fault) throw new LessonError('a hidden fault belongs into a lesson', (visits[0] as VisitPattern).line);
  return visits.map((visit) => {
    const { send, label, line } = visit;
    if (send === null) throw new LessonError(`visit ${label} does not say what is sent: send http://my.test/`, line);
    return { ...visit, send };
  });
}
