import { expect, test } from 'vitest';
import { terminalMarkdown } from './markdown.ts';

test.each([
  ['two\nlines\n\nand a *second*, **bold** one', 'two lines\n\nand a second, bold one'],
  ['a [span](../docs/glossary.md#span) and [a file](../services/dns)', 'a span and a file (services/dns)'],
  ['![a map](../docs/map.png)', 'Picture: docs/map.png'],
  ['```sh\nnpm run fire\nnpm start\n```\nthen', '    npm run fire\n    npm start\n\nthen'],
  ['`a < b` & <b>', '`a < b` & <b>'],
  ['- one\n- two', '- one\n- two'],
  ['3. one\n4. two', '3. one\n4. two'],
  ['\u001b[2J', '\\u001b[2J'],
])('%j is shown as %j', (text, shown) => {
  expect(terminalMarkdown(text)).toBe(shown);
});

test('a paragraph is broken to the width of the terminal', () => {
  const lines = terminalMarkdown('word '.repeat(100)).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
});
