import { expect, test } from 'vitest';
import { asTyped, lessonAsTyped } from './command-words.ts';

test.each([
  ['npm start', 'waybill'],
  ['npm start -- --app http://127.0.0.1:8000', 'waybill --app http://127.0.0.1:8000'],
  ['npm run deploy [-- --change a|b] [-- --rollback]', 'waybill deploy [--change a|b] [--rollback]'],
  ['npm run fire dynamic', 'waybill fire dynamic'],
  ['npm run -s fire static -- --json', 'waybill fire static --json'],
  ['Usage: npm run reset [-- --all | --dry-run]', 'Usage: waybill reset [--all | --dry-run]'],
  ['`npm run faults -- --repair` or `npm start`', '`waybill faults --repair` or `waybill`'],
  [
    'npm run faults -- --repair repairs, npm run learn forget forgets',
    'waybill faults --repair repairs, waybill learn forget forgets',
  ],
  ['$(npm run -s ca -- --path)', '$(waybill ca --path)'],
  ['npm runs scripts; npm ci && npm test', 'npm runs scripts; npm ci && npm test'],
])('%s', (text, typed) => expect(asTyped(text)).toBe(typed));

test('what stands in a column beside commands stays in it', () => {
  const usage = '  npm run compare                  two pages\n  npm run compare a b -- --once    one trace of each';
  const columns = asTyped(usage)
    .split('\n')
    .map((line) => line.search(/two|one/));
  expect(new Set(columns).size).toBe(1);
});

test('the programs of a lesson are run in the home of the lab', () => {
  const lesson = '```sh\nnpm run fire dynamic\n```\nthen\n```sh\nnode lessons/programs/my-service.js\n```\n';
  expect(lessonAsTyped(lesson)).toBe(
    '```sh\nwaybill fire dynamic\n```\nthen\n```sh\ncd ~/.waybill\nnode lessons/programs/my-service.js\n```\n',
  );
});
