import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { ROOT } from '../../runtime/program.ts';
import { completion, ofPackage } from './completion.ts';

const script = await completion('bash');

/** What bash offers for a line that ends at the cursor, its words cut as bash cuts them: at each colon, too. */
function complete(line: string, { before = '', after = '', cwd = ROOT } = {}): string[] {
  const words = line.split(/\s+|(?<=:)|(?=:)/).map((word) => `'${word}'`);
  const call = `COMP_WORDBREAKS=$' \\t\\n:='; COMP_LINE='${line}'; COMP_POINT=${line.length}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
f="$(complete -p npm | sed 's/.* -F \\([^ ]*\\) .*/\\1/')"; "$f" npm; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['--norc', '-c', [before, script, after, call].join('\n')], { cwd });
  return printed.toString().split('\n').filter(Boolean);
}

test.each([
  ['npm run bre', ['breakdown']],
  ['npm run fire dyn', ['dynamic']],
  ['npm run traces --lim', ['--limit']],
  ['npm run traces -- --lim', ['--limit']],
  ['npm run -s bre', ['breakdown']],
  ['npm -s run bre', ['breakdown']],
  ['npm run --silent story --mark', ['--markdown']],
  ['npm run-script bre', ['breakdown']],
  ['npm run test:u', ['unit']], // bash has taken "test:" for a word of its own
  ['npm run -s test:cont', ['containers']],
  ['npm run test:unit ', []],
])('%s: %j', (line, offered) => {
  expect(complete(line)).toEqual(offered);
});

const NPM = '_npm_completion() { COMPREPLY=(of-npm); }; complete -o default -F _npm_completion npm';

test.each(['npm ins', 'npm install wayb', 'npm view '])('%s is left to npm’s own completion', (line) => {
  expect(complete(line, { before: NPM })).toEqual(['of-npm']);
  expect(complete(line)).toEqual([]);
});

test('so are the scripts of other folders, and it stays when the completion is read twice', () => {
  expect(complete('npm run bre', { before: NPM, cwd: tmpdir() })).toEqual(['of-npm']);
  expect(complete('npm ins', { before: NPM, after: script })).toEqual(['of-npm']);
  expect(complete('npm run bre', { before: NPM, after: script })).toEqual(['breakdown']);
});

test.each([
  ['waybill co', ['completion', 'compare']],
  ['waybill fire dyn', ['dynamic']],
  ['waybill faults dyn', []],
])('with the package, %s: %j', (line, offered) => {
  const words = line.split(' ');
  const cases = ['    fire) choices="--list dynamic" ;;'];
  const call = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _waybill; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = `${ofPackage(['completion', 'compare', 'faults', 'fire'], cases)}\n${call}`;
  expect(execFileSync('bash', ['--norc', '-c', text]).toString().split('\n').filter(Boolean)).toEqual(offered);
});
