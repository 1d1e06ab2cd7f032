// Private words (tests/words.ts): no file that git knows has one, and each kind of file is read.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../runtime/program.ts';
import { NOT_READ, privateWordsIn } from './words.ts';

const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
});
const paths = known.split('\n').filter((path) => path && !NOT_READ.test(path) && existsSync(join(ROOT, path)));
const folders = Map.groupBy(paths, (path) => path.split('/').slice(0, -1)[0] ?? 'the root folder');

test.each([...folders])('%s has no private words (tests/words.ts)', (_, inFolder) => {
  const hits = inFolder.flatMap((path) =>
    privateWordsIn(path, readFileSync(join(ROOT, path), 'utf8')).map(
      ({ line, kind, word, instead }) => `${path}:${line}: "${word}" in ${kind}; the field says: ${instead}`,
    ),
  );
  expect(hits).toEqual([]);
});

test.each([
  ['an identifier', 'services/x/a.ts', 'const ok = 1;\nexport const sealedPort = 1;', 2, 'code', 'sealed'],
  ['a constant', 'services/x/a.ts', 'export const POST_OFFICE_MS = 1;', 1, 'code', 'office'],
  ['a comment', 'runtime/a.ts', '/** Gives each\n * letter to a worker. */', 2, 'comment', 'letter'],
  ['a string', 'lab/a.ts', "throw new Error('Nobody listens there');", 1, 'string', 'nobody listens'],
  ['a template string', 'lab/a.tsx', 'const a = `the knobs are turned`;', 1, 'string', 'knob'],
  ['the text of JSX', 'dashboards/journey/a.tsx', 'const a = <p>Turn the knob</p>;', 1, 'string', 'knob'],
  ['code of the page', 'dashboards/journey/a.tsx', 'const a = <Letter>x</Letter>;', 1, 'code', 'letter'],
  ['a style sheet', 'dashboards/journey/a.css', '.knob { color: red }', 1, 'text', 'knob'],
  ['a guard', 'lab/guard.js', '// for whoever starts it', 1, 'comment', 'whoever'],
  ['a doc', 'docs/a.md', '# Title\n\nThe phonebook is asked.', 3, 'text', 'phonebook'],
  ['a man page', 'services/proxy/README.md', 'closes the sealed door', 1, 'text', 'sealed'],
  ['a lesson', 'lessons/01-a.md', 'The clerks look at every letter.', 1, 'text', 'clerk'],
  ['a scenario', 'scenarios/a.ts', "look: 'Which knob?' // a letter", 1, 'string', 'knob'],
  ['a composition', 'docker-compose.yml', '  # the phonebook', 1, 'text', 'phonebook'],
  ['a template of the site', 'services/app/site/templates/a.html', '<p>from the shelf</p>', 1, 'text', 'shelf'],
  ["the root's files", 'Dockerfile', '# for whoever builds it', 1, 'text', 'whoever'],
  ['a manifest', 'deploy/a.yaml', '- name: the-shelf', 1, 'text', 'shelf'],
  ['a configuration', 'deploy/a.conf', '# the phonebook', 1, 'text', 'phonebook'],
  ['a zone file', 'services/dns/zones/a.zone', '; a sealed site', 1, 'text', 'sealed'],
  ['the package', 'package.json', '"description": "a letter"', 1, 'text', 'letter'],
  ['a log', 'runtime/a.ts', "log.warn('nobody answers there');", 1, 'string', 'nobody answers'],
  ['a shell script', 'runtime/a.sh', '# is no port', 1, 'text', 'is no'],
] as const)('a private word is found in %s', (_, path, text, line, kind, word) => {
  expect(privateWordsIn(path, text)).toContainEqual(expect.objectContaining({ line, kind, word }));
});

test('a learner reads the letter story, and names of the site stay as they are', () => {
  const texts = [
    ['lessons/01-a.md', 'Your letter passes the post offices to a mailbox; the phonebook knows its address.'],
    ['scenarios/a.ts', "sentence: 'The phonebook (DNS) answers.'"],
    ['dashboards/journey/a.tsx', 'const a = <p>Your letter is on its way.</p>;'],
    ['services/x/a.ts', "visit('http://sealed.tatis.test/letters/Ola/'); // there is no session"],
  ] as const;
  expect(texts.flatMap(([path, text]) => privateWordsIn(path, text))).toEqual([]);
});
