import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { collectStatic, staticUrls } from './static-files.ts';

test('a file gets a name with its hash, copies in br and gz, and that name in templates', () => {
  const [from, to] = [mkdtempSync(join(tmpdir(), 'from-')), mkdtempSync(join(tmpdir(), 'to-'))];
  writeFileSync(join(from, 'style.css'), 'body { color: red }');
  const { 'style.css': hashed = '' } = collectStatic(from, to);
  expect(hashed).toMatch(/^style\.[0-9a-f]{12}\.css$/);
  const read = (name: string) => readFileSync(join(to, name));
  for (const name of ['style.css', hashed]) {
    expect(read(name).toString()).toBe('body { color: red }');
    expect(brotliDecompressSync(read(`${name}.br`)).toString()).toBe('body { color: red }');
    expect(gunzipSync(read(`${name}.gz`)).toString()).toBe('body { color: red }');
  }
  expect(staticUrls(to)('style.css')).toBe(`/static/${hashed}`);

  writeFileSync(join(from, 'style.css'), 'body { color: blue }');
  expect(collectStatic(from, to)['style.css']).not.toBe(hashed);
});

test('without collected files a static file has its plain name', () => {
  expect(staticUrls(undefined)('style.css')).toBe('/static/style.css');
  expect(staticUrls('/nowhere')('style.css')).toBe('/static/style.css');
});
