import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withPlace } from './wrong-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('an error message begins with the file and line that it comes from', () => {
  const file = join(folder, 'a.ts');
  const error = new Error('no\nmore');
  error.stack = `Error: no\n    at f (file:///elsewhere/b.ts:1:1)\n    at g (file://${file}?v=3:7:2)`;
  expect(withPlace(error, folder)).toBe(`${relative(process.cwd(), file)}:7: no`);
});

test('an error from another folder keeps its message', () => {
  expect(withPlace(new Error('no'), folder)).toBe('no');
});

test('of a file that is not TypeScript, Node names the line', () => {
  const file = join(folder, 'broken.ts');
  writeFileSync(file, 'export const a = [\n  1\n  2,\n];\n');
  const script = `import { withPlace } from ${JSON.stringify(join(import.meta.dirname, 'wrong-line.ts'))};
    import(${JSON.stringify(file)}).catch((error) => console.log(withPlace(error, ${JSON.stringify(folder)})));`;
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script]).toString();
  expect(output).toMatch(/broken\.ts:3: Expected ','/);
});
