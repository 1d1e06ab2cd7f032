import { expect, test } from 'vitest';
import { parseChecksFile } from './checks-file.ts';

const file = (...lines: string[]) => ['# My checks', '', '```check', ...lines, '```', ''].join('\n');

test('the visits of every block, with what they send and the lines of the file', () => {
  const visits = parseChecksFile(
    `${file('visit A', '  send http://my.test/', '  count app "SELECT *" <= 3')}${file('visit A', ' send http://my.test/vote/ choice=1 name="Ola N."')}`,
  );
  expect(visits).toMatchObject([
    {
      line: 4,
      send: { method: 'GET', url: 'http://my.test/', form: null },
      clauses: [{ line: 6, text: 'count app "SELECT *" <= 3' }],
    },
    { line: 11, send: { method: 'POST', url: 'http://my.test/vote/', form: { choice: '1', name: 'Ola N.' } } },
  ]);
});

test.each([
  ['no block', 'line 1: a file of checks has at least one block'],
  ['```check\nvisit A', 'line 1: the block ```check has no end'],
  [file('visit A', 'has app "view *"'), 'line 4: visit A does not say what is sent'],
  [file('visit A', 'send my.test'), 'line 5: expected: send [GET, HEAD or POST] http://my.test/'],
  [file('visit A', 'send DELETE http://my.test/'), 'line 5: expected: send'],
  [file('visit A', 'send GET http://my.test/ a=1'), 'line 5: GET takes no fields'],
  [file('visit A', 'send http://my.test/ a'), 'line 5: "a" is not a field'],
  [file('visit A', 'send http://my.test/', 'send http://my.test/'), 'line 6: visit A sends one request'],
  [file('send http://my.test/'), 'line 4: "send" stands below a visit'],
  [file('visit A', 'send http://my.test/', 'ask "?"', 'count A app *'), 'line 6: a question belongs into a lesson'],
])('%j: %s', (text, message) => {
  expect(() => parseChecksFile(text)).toThrow(message);
});
