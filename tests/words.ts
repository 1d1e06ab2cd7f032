// Private words: those that only this project would use for a thing that has a standard term, and ways of writing that must be
// read twice. Read as text, file by file: in code its comments, its strings and its identifiers (in their parts: sealedPort is
// sealed and port). A learner's texts may tell the letter story; nothing may use the other words.

import { extname } from 'node:path';

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
  /sealed\.tatis\.(test|localhost)/gi,
  /(\*\.)?letters(?=\.tatis\.test|\))/g,
  /ASCII letters|letters of both cases|letters, digits|no other letters change/g,
  /\/?letters?\/|\bletter\.html|my_letter|my-letter|myLetter|letterSignedIn|signed-in-letter|SELECT letter|view letter|TABLE letter|pages\.letter|'letter'|`letter`|const letter\b/g,
  /clerks · middleware|clerks \(middleware\)|\b(mailbox|phonebook)(?=: (\[|\{|'))/g,
  /Letters get postcodes|a letter of yours|called letter|views\\?\/letters|letters: 1064|'tatis', 'letters'|letters:application|[Tt]he letter page/g,
  /\['mailbox', |\bmailbox\b(?= +\d)|harbour → mailbox|06-the-mailbox|the-mailbox/g,
  /ATTR_SEAL|waybill\.seal|seal\.ts|07-the-sealed-envelope|the-sealed-envelope/g,
  /WAYBILL_(POST_OFFICE|OFFICES|LETTERS_PER_WORKER)|\d\d\d?-post-offices|post-offices|the-phonebook/g,
  /npm run led(ger)?\b|npm run-script led\b|commands\/ledger|[`']ledger[`']|ledgerOf|traces\/ledger/g,
  /\b[Tt]here is no\b|is no longer/g,
  /How a letter finds its reader|sealed envelope|'(?:sealed|sealed-again|wrong-door)', '/g,
];

/** Folders and files that are clean, which a test enforces. A folder that has been renamed gets its line here. */
export const CLEAN: readonly string[] = [
  'lessons',
  'scenarios',
  'otel/contract',
  'traces/{conventions,critical-path,expected,foreign,jaeger,judge,model,printable,self-time,settled,tree}.ts',
  'traces/map',
  'traces/otlp',
  'traces/wire',
  'otel/*.ts',
  'otel/propagation',
  'runtime',
  'services/addresses',
  'services/proxy',
  'services/dns',
  'lab/cli',
  'lab/deploy',
  'lab/doctor',
  'lab/runner',
  'lab/*.ts',
  'lab/commands/{bench,ca,completion,deploy,docs,doctor,faults,fire,learn,ledger,lint,map,reset,story,test,traces,up}.ts',
  'bench/*.ts',
  'bench/report',
  'bench/tools',
  'deploy/*.ts',
  'services/router',
  'services/store',
  'services/visitor',
  'tests/support/dns',
  'tests/support/visitor',
  'services/gateway',
  'tests/support/gateway',
  'services/app',
  'tests/support/app',
  'docs/bench.md',
  'docs/compose.md',
  'docs/deploy.md',
  'docs/glossary.md',
  'docs/jaeger.md',
  'docs/decisions/0*.md',
  'tests/support/proxy',
  'docs/scale.md',
  'docs/decisions',
  'README.md',
  'dashboards/README.md',
  'services/README.md',
];

/** Whose readers are learners: these may tell the letter story. `strings`: in these files of code, only what stands in quotes. */
const LEARNERS =
  /^(lessons\/(?!README)|docs\/glossary\.md|README\.md|services\/README\.md|services\/app\/(site\/|framework\/templates\/))/;
const LEARNERS_STRINGS = /^(scenarios\/|otel\/contract\/|traces\/(story|map\/)|services\/app\/site\/)/;

/** A private word where it stands. */
export type Hit = { word: string; line: number; kind: 'comment' | 'string' | 'code' | 'text'; instead: string };

/** The private words of a file. */
export function privateWordsIn(path: string, text: string): Hit[] {
  const read = ALLOWED.reduce((rest, allowed) => rest.replace(allowed, withoutLetters), text);
  return partsOf(path, read).flatMap(({ kind, text: part }) => {
    const mayTellStory = LEARNERS.test(path) || (kind === 'string' && LEARNERS_STRINGS.test(path));
    return (mayTellStory ? OTHERS : ALL).flatMap(({ word, instead, pattern }) =>
      [...part.matchAll(pattern)].map(({ index }) => ({ word, line: lineAt(part, index), kind, instead })),
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
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** A file's text; of code its comments, its strings and the rest, each with the others blanked out. */
function partsOf(path: string, text: string): (Pick<Hit, 'kind'> & { text: string })[] {
  if (!IS_CODE.test(extname(path))) return [{ kind: 'text', text }];
  const isComment = (token: string) => /^\/[/*]/.test(token);
  const only = (wanted: (token: string) => boolean) => {
    let end = 0;
    const kept = [...text.matchAll(TOKEN)].map(({ 0: token, index }) => {
      const before = blank(text.slice(end, index));
      end = index + token.length;
      return before + (wanted(token) ? token : blank(token));
    });
    return kept.join('');
  };
  return [
    { kind: 'comment', text: only(isComment) },
    { kind: 'string', text: only((token) => !isComment(token)) },
    { kind: 'code', text: text.replace(TOKEN, blank) },
  ];
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** As many spaces and line ends as `text` has characters. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** The same with spaces for letters: quotes and line ends stay where they are. */
function withoutLetters(text: string): string {
  return text.replace(/[a-z]/gi, ' ');
}
