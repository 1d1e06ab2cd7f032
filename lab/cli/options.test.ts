import { expect, test } from 'vitest';
import { parse, takenByNpm, wholeNumber } from './options.ts';

const OPTIONS = { json: { type: 'boolean' }, repeat: { type: 'string' }, 'min-duration': { type: 'string' } } as const;
const npm = { npm_lifecycle_event: 'fire' };

test.each([
  [{ npm_config_json: 'true' }, ['--json']],
  [{ npm_config_repeat: '3', npm_config_min_duration: '5' }, ['--repeat=3', '--min-duration=5']],
  [{ npm_config_json: '', npm_config_loglevel: 'warn' }, []],
])('of npm’s own settings %j the flags are %j', (settings, flags) => {
  expect(takenByNpm(OPTIONS, { ...npm, ...settings })).toEqual(flags);
});

test('a flag whose value npm left behind says where flags stand', () => {
  expect(() => takenByNpm(OPTIONS, { ...npm, npm_config_repeat: 'true' })).toThrow(
    /npm reads --repeat[\s\S]*-- --repeat/,
  );
});

test('without npm its settings are not read', () => {
  expect(takenByNpm(OPTIONS, { npm_config_json: 'true' })).toEqual([]);
});

test.each(['0', '1001', '-1', '1.5', 'x', ''])('%j is not a whole number from 1 to 1000', (text) => {
  expect(() => wholeNumber('--repeat', text, 1, 1000)).toThrow(
    `--repeat: expected a whole number from 1 to 1000, got "${text}".`,
  );
});

test.each([
  [
    ['--repaet', '3'],
    'Unknown flag --repaet. Did you mean "--repeat"? The flags are --json, --repeat, --min-duration.',
  ],
  [['-x'], 'Unknown flag -x. The flags are --json, --repeat, --min-duration.'],
  [['--repeat'], '--repeat needs a value: --repeat <value>.'],
  [['--repeat', '--json'], '--repeat needs a value: --repeat <value>.'],
  [['--json=yes'], '--json does not take a value.'],
  [['--no-json'], 'Unknown flag --no-json. The flags are --json, --repeat, --min-duration.'],
])('%j is refused in one sentence', (args, message) => {
  expect(() => parse(args, OPTIONS)).toThrow(message);
});

test('flags and words may stand in any order', () => {
  expect(parse(['static', '--repeat=3', '--json'], OPTIONS)).toMatchObject({
    values: { repeat: '3', json: true },
    positionals: ['static'],
  });
});
