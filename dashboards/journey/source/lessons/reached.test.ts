import { expect, test } from 'vitest';
import { withReachedAddresses } from './reached.ts';

const TEXT = `Open <http://djangogirls.localhost:8180/>, then \`http://127.0.0.1:8190/traces/\`, not <http://tatis.test/>.

\`\`\`sh
curl http://127.0.0.1:8180/static/style.css
\`\`\`

Or <http://127.0.0.1:16686/>.
`;
const lines = (page: string) => withReachedAddresses(TEXT, new URL(page)).split('\n');

test.each([
  'http://127.0.0.1:8190/lessons/1',
  'http://localhost:8190/',
  'http://lab.localhost:8190/',
  'http://[::1]:8190/',
])('a browser on the same computer (%s) gets a lesson as it is', (page) =>
  expect(withReachedAddresses(TEXT, new URL(page))).toBe(TEXT),
);

test('in a codespace each port has a name of its own; commands stay', () => {
  expect(lines('https://fluffy-train-8190.app.github.dev/lessons/1')).toEqual([
    'Open <https://fluffy-train-8180.app.github.dev/>, then `https://fluffy-train-8190.app.github.dev/traces/`, not <http://tatis.test/>.',
    '',
    '```sh',
    'curl http://127.0.0.1:8180/static/style.css',
    '```',
    '',
    'Or <https://fluffy-train-16686.app.github.dev/>.',
    '',
  ]);
});

test('elsewhere it is the host of the page, and the page itself is where it is', () => {
  expect(lines('https://lab.example.org/')[0]).toBe(
    'Open <https://lab.example.org:8180/>, then `https://lab.example.org/traces/`, not <http://tatis.test/>.',
  );
});
