import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// In a process of its own: the test runner rewrites code, and with it the lines.
test('the file and line of a view are found without opening a port', () => {
  const code = `
    import { locate } from './services/app/framework/location.ts';
    import { slow, error } from './services/app/site/views/lessons.ts';
    import inspector from 'node:inspector';
    const found = await locate([slow, error]);
    console.log(JSON.stringify({ found: [...found.values()], url: inspector.url() ?? null, left: Object.keys(globalThis).filter((name) => /waybill/i.test(name)) }));`;
  const stdout = execFileSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  const lines = readFileSync('services/app/site/views/lessons.ts', 'utf8').split('\n');
  const lineOf = (start: string) => lines.findIndex((line) => line.startsWith(start)) + 1;
  const file = 'services/app/site/views/lessons.ts';
  expect(JSON.parse(stdout)).toEqual({
    found: [
      { functionName: 'slow', file, line: lineOf('export async function slow') },
      { functionName: 'error', file, line: lineOf('export function error') },
    ],
    url: null,
    left: [],
  });
});
