import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findEdited, laySandbox, restore } from './sandbox-files.ts';

const ZONE = 'services/dns/zones/tatis.test.zone';
const ROUTES = 'services/router/routes.txt';
const LOCATIONS = 'services/proxy/locations.ts';

let home: string;
let pack: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'waybill-home-'));
  pack = mkdtempSync(join(tmpdir(), 'waybill-package-'));
  for (const file of [ZONE, ROUTES, LOCATIONS]) write(pack, file, 'as in 1.0.0');
  expect(laySandbox(home, pack, '1.0.0')).toEqual([]);
  onTestFinished(() => {
    for (const folder of [home, pack]) rmSync(folder, { recursive: true });
  });
});

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
const read = (file: string) => readFileSync(join(home, file), 'utf8');

test('a later version replaces the files that were not edited, and names those that it leaves', () => {
  write(home, ZONE, 'edited');
  for (const file of [ZONE, ROUTES]) write(pack, file, 'as in 1.1.0');
  expect(laySandbox(home, pack, '1.1.0')).toEqual([
    `${home} was used by Waybill 1.0.0; this is 1.1.0.`,
    `${join(home, ZONE)} was edited and stays as it is. npm run reset replaces it.`,
  ]);
  expect([ZONE, ROUTES, LOCATIONS].map(read)).toEqual(['edited', 'as in 1.1.0', 'as in 1.0.0']);
});

test('a file that a later version does not have is removed, unless it was edited', () => {
  write(home, LOCATIONS, 'edited');
  for (const file of [ROUTES, LOCATIONS]) rmSync(join(pack, file));
  laySandbox(home, pack, '1.1.0');
  expect(findEdited(home, pack)).toEqual({ changed: [], added: [LOCATIONS] });
});

test('the same version leaves what was edited, and a file that was removed', () => {
  write(home, ZONE, 'edited');
  rmSync(join(home, ROUTES));
  expect(laySandbox(home, pack, '1.0.0')).toEqual([]);
  expect(findEdited(home, pack)).toEqual({ changed: [ZONE, ROUTES], added: [] });
});

test('without a list of what was laid there, every file that differs counts as edited', () => {
  write(home, 'sandbox.json', 'damaged');
  write(pack, ZONE, 'as in 1.1.0');
  laySandbox(home, pack, '1.1.0');
  expect(findEdited(home, pack)).toEqual({ changed: [ZONE], added: [] });
});

test('what was edited is found and restored; a file of the learner stays', () => {
  const own = 'services/dns/zones/mine.test.zone';
  write(home, own, 'mine');
  write(home, ROUTES, 'edited');
  const { changed, added } = findEdited(home, pack);
  restore(home, changed, pack);
  expect([changed, added, read(ROUTES), read(own)]).toEqual([[ROUTES], [own], 'as in 1.0.0', 'mine']);
});
