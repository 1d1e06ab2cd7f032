// Private words: those that only this project would use for a thing that has a standard term, and ways of writing that must be
// read twice. Read as text, file by file: in code its comments, its strings and its identifiers (in their parts: sealedPort is
// sealed and port). A learner's texts may tell the letter story; nothing may use the other words.

import { extname } from 'node:path';
import { readTexts } from './syntax.ts';

/** From a word of the letter story to the field's term for it. */
const STORY: Readonly<Record<string, string>> = {
  letter: 'request, response',
  envelope: 'TLS',
  phonebook: 'resolver, DNS',
  mailbox: 'port, listener',
  office: 'router',
};

/** From a private word to the field's term for it. A phrase is looked for in sentences, a word in identifiers as well. */
const PRIVATE: Readonly<Record<string, string>> = {
  seal: 'TLS',
  sealed: 'over TLS',
  unsealed: 'plain',
  shelf: 'static files',
  clerk: 'middleware',
  knob: 'fault, setting',
  door: 'port, listener',
  crew: 'gateway with workers',
  ledger: 'time breakdown',
  whoever: 'any program that',
  likewise: 'as above',
  told: 'reported, logged, sent',
  'all the same': 'anyway',
  'for ever': 'forever, without end',
  'somebody opens': 'a process listens',
  'nobody opens': 'no process listens',
  'nobody listens': 'no process listens',
  'nobody answers': 'no process answers',
  'nobody of': 'no process, no user',
  'in its place': 'instead of it',
  'is no': 'is not a',
  'there is nobody': 'no process',
  'so many of every': 'N % of',
  'to hold it against': 'to compare it with',
};

/**
 * Names that are as they are, outside of what is renamed here: addresses, tables and routes of the sites, and names that live in
 * code which has not been renamed yet. Taken out of a text before it is read.
 */
const ALLOWED: readonly RegExp[] = [
  /sealed\.tatis\.(test|localhost)|^sealed(?= +IN A)/gim,
  /(\*\.)?letters(?=\.tatis\.test|\))|the letter story \(letter, post office, phonebook\)/g,
  /ASCII letters|letters of both cases|letters, digits|no other letters change/g,
  /\/?letters?\/|\bletter\.html|my_letter|my-letter|myLetter|letterSignedIn|signed-in-letter|SELECT letter|view letter|TABLE letter|pages\.letter|'letter'|`letter`|const letter\b/g,
  /clerks · middleware|clerks \(middleware\)|\b(mailbox|office|phonebook)(?=:\s+(\[|\{|'))/g,
  /Letters get postcodes|a letter of yours|called letter|views\\?\/letters|letters: 1064|'tatis', 'letters'|letters:application|[Tt]he letter page/g,
  /\['mailbox', |\bmailbox\b(?= +\d)|harbour → mailbox|06-the-mailbox|the-mailbox/g,
  /ATTR_SEAL|waybill\.seal|seal\.ts|07-the-sealed-envelope|the-sealed-envelope/g,
  /WAYBILL_(POST_OFFICE|OFFICES|LETTERS_PER_WORKER)|\d\d\d?-post-offices|post-offices|the-phonebook/g,
  /npm run ledger\b|[`'"]ledger[`'"]|guard\.js ledger/g,
  /\b[Tt]here is no\b|is no longer/g,
  /compare letter|How a letter finds its reader|sealed envelope|'(?:sealed|sealed-again|wrong-door)', '/g,
  /letter-spacing/g,
];

/** Files that are not read: recorded data and output, pictures, what others wrote, and the list of the words itself. */
export const NOT_READ =
  /\/testdata\/|\.(png|svg|gz)$|^bench\/(results\/|RESULTS\.md|tools\/journeys\.json)|^(package-lock\.json|LICENSE|words\.txt|CHANGELOG\.md)$|^tests\/words\./;

/** Whose readers are learners: these may tell the letter story. LEARNERS_STRINGS: in these files of code, strings and JSX only. */
const LEARNERS =
  /^(lessons\/(?!README)|docs\/(glossary|spans|teach)\.md|README\.md|services\/README\.md|services\/app\/(site\/|framework\/templates\/)|services\/dns\/zones\/|bench\/django\/)/;
const LEARNERS_STRINGS =
  /^(scenarios\/|otel\/contract\/|traces\/(story|foreign-story|waterfall|lessons\/|map\/|.*\.test\.)|services\/app\/site\/|dashboards\/journey\/|tests\/)/;

/** The map of the page draws the request as an envelope. */
const DRAWS_ENVELOPE = /^(dashboards\/journey|tests\/browser)\//;

/** A private word where it stands. */
export type Hit = { word: string; line: number; kind: 'comment' | 'string' | 'code' | 'text'; instead: string };

/** The private words of a file. */
export function privateWordsIn(path: string, text: string): Hit[] {
  const read = ALLOWED.reduce((rest, allowed) => rest.replace(allowed, withoutLetters), text);
  const words = DRAWS_ENVELOPE.test(path) ? ALL.filter(({ word }) => word !== 'envelope') : ALL;
  return partsOf(path, text).flatMap(({ kind, start, end }) => {
    const part = read.slice(start, end);
    const mayTellStory = LEARNERS.test(path) || (kind === 'string' && LEARNERS_STRINGS.test(path));
    return (mayTellStory ? OTHERS : words).flatMap(({ word, instead, pattern }) =>
      [...part.matchAll(pattern)].map(({ index }) => ({ word, line: lineAt(text, start + index), kind, instead })),
    );
  });
}

const wordsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([word, instead]) => ({ word, instead, pattern: patternOf(word) }));
const OTHERS = wordsOf(PRIVATE);
const ALL = [...OTHERS, ...wordsOf(STORY)];

/** A word, or its plural, that begins where an identifier's part does (`sealedPort`, `tlsSeal`, `A_SEAL`) and ends where one does. */
function patternOf(word: string): RegExp {
  if (word.includes(' ')) return new RegExp(`\\b${word}\\b`, 'gi');
  const capital = word[0]?.toUpperCase() + word.slice(1);
  const upper = word.toUpperCase();
  return new RegExp(
    `(?<![a-zA-Z])${word}s?(?![a-z])|(?<![A-Z])${capital}s?(?![a-z])|(?<![a-zA-Z])${upper}S?(?![a-zA-Z])`,
    'g',
  );
}

const IS_CODE = /^\.(ts|tsx|js|mjs)$/;
type Part = { kind: Hit['kind']; start: number; end: number };

/** The parts of a file: its text; of code each comment, each string (also a regular expression and the text of JSX), and the rest. */
function partsOf(path: string, text: string): Part[] {
  const whole = { start: 0, end: text.length };
  if (!IS_CODE.test(extname(path))) return [{ kind: 'text', ...whole }];
  const { comments, strings } = readTexts(path, text);
  const marked: Part[] = [
    ...comments.map((range) => ({ kind: 'comment' as const, ...range })),
    ...strings.map((range) => ({ kind: 'string' as const, ...range })),
  ].sort((a, b) => a.start - b.start);
  const ends = [0, ...marked.map(({ end }) => end)];
  const rest = ends.map((start, index) => ({ kind: 'code' as const, start, end: marked[index]?.start ?? text.length }));
  return [...marked, ...rest];
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The same with spaces for letters: quotes and line ends stay where they are. */
function withoutLetters(text: string): string {
  return text.replace(/[a-z]/gi, ' ');
}
