import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../runtime/program.ts';
import { SITE } from '../../services/app/release.ts';
import { appendHistory } from './history.ts';
import { hookFile } from './hook.ts';
import { type Journal, writeJournal } from './journal.ts';
import { acquireLock } from './lock.ts';
import { type DeployPaths, deployPaths, releaseFolder } from './paths.ts';
import { pointTo, servedRelease } from './releases.ts';
import { prepareRelease } from './start.ts';

let paths: DeployPaths;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'waybill start é-'));
  paths = deployPaths(home);
  onTestFinished(() => rmSync(home, { recursive: true }));
});

/** A release as another checkout has made it: its links lead to a folder that is gone. */
function release(name: string): string {
  const folder = releaseFolder(paths, name);
  mkdirSync(join(folder, SITE), { recursive: true });
  cpSync(join(ROOT, SITE), join(folder, SITE), { recursive: true });
  for (const link of ['otel', 'runtime', 'node_modules']) symlinkSync(`/moved/away/${link}`, join(folder, link));
  symlinkSync('/moved/away/services/app/framework', join(folder, 'services/app/framework'));
  return folder;
}

test('a checkout that was moved: the links of every release lead to this one, and it is served', async () => {
  const folder = release('1-a');
  const other = release('2-b');
  pointTo(paths, '1-a');
  expect(await prepareRelease(paths, {})).toEqual({ release: '1-a', warnings: [] });
  expect(readlinkSync(join(folder, 'services/app/framework'))).toBe(join(ROOT, 'services/app/framework'));
  expect(readlinkSync(join(other, 'otel'))).toBe(join(ROOT, 'otel'));
});

test('a copy that has folders in the place of links is linked again', async () => {
  const folder = release('1-a');
  rmSync(join(folder, 'otel'));
  mkdirSync(join(folder, 'otel/old'), { recursive: true });
  pointTo(paths, '1-a');
  expect((await prepareRelease(paths, {})).release).toBe('1-a');
  expect(readlinkSync(join(folder, 'otel'))).toBe(join(ROOT, 'otel'));
});

test.each([
  ['settings.ts is missing', (site: string) => rmSync(join(site, 'settings.ts')), /settings\.ts/],
  ['a migration is missing', (site: string) => rmSync(join(site, 'database/migrations.ts')), /migrations\.ts/],
  ['half a file', (site: string) => writeFileSync(join(site, 'urls.ts'), 'export const x = {'), /urls\.ts/],
])('a release that cannot run is left for the working tree, and the reason is given: %s', async (_, damage, reason) => {
  const folder = release('1-a');
  damage(join(folder, SITE));
  pointTo(paths, '1-a');
  const started = await prepareRelease(paths, {});
  expect(started).toMatchObject({ release: undefined, warnings: [expect.stringMatching(reason)] });
  expect([servedRelease(paths), existsSync(folder)]).toEqual([undefined, true]);
});

const journal: Journal = { id: 'x', pid: 1, release: '2-b', previous: '1-a', isSwitched: true };

test('a deployment that was interrupted after its switch: the release before is served', async () => {
  release('1-a');
  release('2-b');
  pointTo(paths, '2-b');
  writeJournal(paths, journal); // process 1 lives, and is not a pipeline
  const { release: served, warnings } = await prepareRelease(paths, {});
  expect([served, warnings]).toEqual(['1-a', ['The deployment of 2-b was interrupted: 1-a is served.']]);
  expect(existsSync(paths.journal)).toBe(false);
});

test('one that was completed, though its journal is left, stays', async () => {
  release('1-a');
  release('2-b');
  pointTo(paths, '2-b');
  writeJournal(paths, journal);
  appendHistory(paths, 'x', '2-b');
  expect(await prepareRelease(paths, {})).toEqual({ release: '2-b', warnings: [] });
});

test.each(['', '{"pid":1,', 'null', '[]'])('a journal that holds "%s" keeps nothing from starting', async (text) => {
  writeFileSync(paths.journal, text);
  expect(await prepareRelease(paths, {})).toEqual({ release: undefined, warnings: [] });
  expect(existsSync(paths.journal)).toBe(false);
});

test('while a deployment is under way, a start changes nothing of it', async () => {
  writeJournal(paths, journal);
  const unlock = acquireLock(paths.pipelineLock);
  onTestFinished(() => unlock?.());
  await prepareRelease(paths, {});
  expect(JSON.parse(readFileSync(paths.journal, 'utf8'))).toEqual(journal);
});

test('the hook is written anew, with the paths of this Node and this checkout, and finds the home by itself', async () => {
  mkdirSync(join(paths.repository, 'hooks'), { recursive: true });
  await prepareRelease(paths, { WAYBILL_SITE_PORT: "it's 1" });
  const hook = readFileSync(hookFile(paths.repository), 'utf8');
  expect(hook).toContain(`exec '${execPath}'`);
  expect(hook).toContain(`cd '${ROOT}'`);
  expect(hook).toContain(`export WAYBILL_SITE_PORT='it'\\''s 1'`);
  expect(hook).not.toContain(paths.home);
});
