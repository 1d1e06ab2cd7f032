import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// In a process of its own: the test runner rewrites code, and with it the lines.
test('a view is found where it is written, and no port is opened', () => {
  const code = `
    import { locate } from './services/app/framework/location.ts';
    import { slow, error } from './services/app/site/views/lessons.ts';
    import inspector from 'node:inspector';
    const found = await locate([slow, error]);
    console.log(JSON.stringify({ found: [...found.values()], url: inspector.url() ?? null, left: Object.keys(globalThis).filter((name) => /waybill/i.test(name)) }));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  const lines = readFileSync('services/app/site/views/lessons.ts', 'utf8').split('\n');
  const lineOf = (start: string) => lines.findIndex((line) => line.startsWith(start)) + 1;
  const file = 'services/app/site/views/lessons.ts';
  expect(JSON.parse(said)).toEqual({
    found: [
      { functionName: 'slow', file, line: lineOf('export async function slow') },
      { functionName: 'error', file, line: lineOf('export function error') },
    ],
    url: null,
    left: [],
  });
});
