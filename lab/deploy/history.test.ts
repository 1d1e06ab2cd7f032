import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { appendHistory, isCompleted, listReleases, readHistory, releaseBefore } from './history.ts';
import { type DeployPaths, deployPaths, releaseFolder } from './paths.ts';

let paths: DeployPaths;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-history-'));
  paths = deployPaths(home);
  onTestFinished(() => rmSync(home, { recursive: true }));
});

/** Deployments in order of time; null is the working tree. */
function deployed(...releases: (string | null)[]) {
  for (const [index, release] of releases.entries()) {
    if (release !== null) mkdirSync(releaseFolder(paths, release), { recursive: true });
    appendHistory(paths, `deployment ${index}`, release);
  }
}

test.each([
  ['the first: the working tree', ['1-a'], '1-a', undefined],
  ['the second', ['1-a', '2-b'], '2-b', '1-a'],
  ['in order of time, not of numbers, which repeat', ['3-a', '2-b', '2-c'], '2-c', '2-b'],
  ['after a rollback: one further', ['1-a', '2-b', '3-c', '2-b'], '2-b', '1-a'],
  ['a release that a rollback has left is passed over', ['1-a', '2-b', '1-a', '3-c'], '3-c', '1-a'],
  ['a release that was named after a rollback', ['1-a', '2-b', '1-a', '2-b'], '2-b', '1-a'],
  ['after the working tree', ['1-a', '2-b', null, '3-c'], '3-c', undefined],
  ['one that this history does not know: the last completed', ['1-a', '2-b'], '9-z', '2-b'],
])('the release before: %s', (_, releases, served, before) => {
  deployed(...releases);
  expect(releaseBefore(paths, served)).toBe(before);
});

test('a release whose folder is gone is not put back', () => {
  deployed('1-a', '2-b', '3-c');
  rmSync(releaseFolder(paths, '2-b'), { recursive: true });
  expect(releaseBefore(paths, '3-c')).toBe('1-a');
  expect(listReleases(paths)).toEqual(['1-a', '3-c']);
});

test('a folder of a deployment that was not completed is not listed', () => {
  deployed('1-a');
  mkdirSync(releaseFolder(paths, '2-b'));
  expect(listReleases(paths)).toEqual(['1-a']);
});

test('without a history: no releases', () => {
  expect([readHistory(paths), listReleases(paths), releaseBefore(paths, '1-a')]).toEqual([[], [], undefined]);
});

test('a line that is not whole is passed over, and the next deployment is read', () => {
  deployed('1-a');
  appendFileSync(paths.history, '{"at":"2026-');
  appendHistory(paths, 'next', '2-b');
  expect(readHistory(paths).map(({ release }) => release)).toEqual(['1-a', '2-b']);
  expect([isCompleted(paths, 'next'), isCompleted(paths, 'other')]).toEqual([true, false]);
});
