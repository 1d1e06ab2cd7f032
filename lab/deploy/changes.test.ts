import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CHANGES, type Change, type ChangeName } from './changes.ts';
import { DEPLOY } from './steps.ts';

function copySite(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-changes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(import.meta.dirname, '../../services/app/site'), folder, { recursive: true });
  return folder;
}

test.each(Object.keys(CHANGES) as ChangeName[])(
  '%s can be made to the site, and fails at a step of the pipeline',
  (name) => {
    const change = CHANGES[name];
    change.make(copySite(), 1);
    if ('failsAt' in change) expect(DEPLOY.map((step) => step.name)).toContain(change.failsAt);
  },
);

test('an edition can follow another', () => {
  const site = copySite();
  CHANGES.title.make(site, 1);
  CHANGES.title.make(site, 2);
  expect(readFileSync(join(site, 'templates/welcome.html'), 'utf8')).toContain('Edition 2');
});

test('where the place of the change was edited, an error names the file and what to do', () => {
  const site = copySite();
  const slow: Change = CHANGES.slow;
  slow.make(site, 1);
  expect(() => slow.make(site, 2)).toThrow(/views\/letters\.ts has been edited.*npm run reset/);
});
