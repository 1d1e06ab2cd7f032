// What the rows of the table of attacks share: what it tries, and how; expectations are part of it.

import { expect } from 'vitest';
import type { TestApp, Visitor } from '../app.ts';

export type Attack = [what: string, run: (visitor: Visitor, app: TestApp) => Promise<void>];

export const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

export const signedIn = async (visitor: Visitor, name = 'ola') => {
  await visitor.signIn(name);
  expect((await visitor.get('/jobs/')).body).toContain('Sign out');
};
export const isAnonymous = async (visitor: Visitor) =>
  expect((await visitor.get('/jobs/')).body).not.toContain('Sign out');
export const changeJob = (visitor: Visitor, description: string) =>
  visitor.submit('/jobs/1/', '/jobs/1/description', { description });
