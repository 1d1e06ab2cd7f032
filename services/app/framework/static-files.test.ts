import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { collectStatic, staticUrls } from './static-files.ts';

test('a file gets a name with its hash, copies in br and gz, and that name in templates', () => {
  const [from, to] = [mkdtempSync(join(tmpdir(), 'from-')), mkdtempSync(join(tmpdir(), 'to-'))];
  writeFileSync(join(from, 'style.css'), 'body { color: red }');
  const manifest = join(to, 'staticfiles.json');
  const { 'style.css': hashed = '' } = collectStatic(from, to, { manifest });
  expect(hashed).toMatch(/^style\.[0-9a-f]{12}\.css$/);
  const read = (name: string) => readFileSync(join(to, name));
  for (const name of ['style.css', hashed]) {
    expect(read(name).toString()).toBe('body { color: red }');
    expect(brotliDecompressSync(read(`${name}.br`)).toString()).toBe('body { color: red }');
    expect(gunzipSync(read(`${name}.gz`)).toString()).toBe('body { color: red }');
  }
  expect(staticUrls(manifest)('style.css')).toBe(`/static/${hashed}`);

  writeFileSync(join(from, 'style.css'), 'body { color: blue }');
  const { 'style.css': next = '' } = collectStatic(from, to, { manifest, hasPlainNames: false });
  expect(next).not.toBe(hashed);
  expect([next, hashed, 'style.css'].map((name) => read(name).toString())).toEqual([
    'body { color: blue }',
    'body { color: red }', // pages of the release before ask for it
    'body { color: red }',
  ]);
});

test('without collected files a static file has its plain name', () => {
  expect(staticUrls(undefined)('style.css')).toBe('/static/style.css');
  expect(staticUrls('/nowhere')('style.css')).toBe('/static/style.css');
});
