// The initial data. May be run again: existing rows stay as they are, new days get their games.

import type { InsertObject } from 'kysely';
import { hashPassword } from '../../framework/auth/passwords.ts';
import type { Database } from '../../framework/database/database.ts';
import type { Tables } from '../../framework/database/tables.ts';
import { addDays, dayAt } from '../days.ts';
import { errorsIn, gamesOn } from './schedule.ts';

/** Days before and after today that have games. */
const PAST = 45;
const FUTURE = 30;

const USERS = [
  { id: 1, name: 'ola', permissions: ['jobs.change_job'] },
  { id: 2, name: 'mara', permissions: ['jobs.change_job'] },
  { id: 3, name: 'sam', permissions: ['games.record_error'] },
  { id: 4, name: 'tom', permissions: [] },
];

const LETTERS = [
  {
    name: 'ola',
    subject: 'Your first website',
    body: 'you typed a name, and a letter went out. First your computer looked up the address in the phonebook. Then the letter passed several post offices, and a server opened it. What you are reading was written at the moment when you asked.',
  },
  {
    name: 'mara',
    subject: 'About your workshop',
    body: 'thirty people came, and thirty websites were online by the evening. They ask when the next workshop is.',
  },
];

const JOBS = [
  { id: 1, title: 'Coach', description: 'Helps at workshops', owner_id: 1 },
  { id: 2, title: 'Organiser', description: 'Finds a room, coaches and cake', owner_id: 2 },
  { id: 3, title: 'Translator', description: 'Puts the tutorial into Polish', owner_id: 1 },
  { id: 4, title: 'Mentor', description: 'Answers letters from learners', owner_id: 2 },
  { id: 5, title: 'Photographer', description: 'Takes the group picture', owner_id: 3 },
  { id: 6, title: 'Baker', description: 'Bakes the cupcakes', owner_id: 4 },
];

/** Fills the database with games around the day of `now`. Each user's password is their name. */
export async function seed(db: Database, now: Date, timeZone: string): Promise<void> {
  const today = dayAt(now, timeZone);
  const days = Array.from({ length: PAST + FUTURE + 1 }, (_, index) => addDays(today, index - PAST));
  const games = days.flatMap(gamesOn);
  const errors = games.filter(({ day }) => day <= today).flatMap(errorsIn);
  const users = await Promise.all(
    USERS.map(async ({ id, name }) => ({ id, name, password: await hashPassword(name) })),
  );
  const permissions = USERS.flatMap(({ id, permissions }) =>
    permissions.map((permission) => ({ user_id: id, permission })),
  );

  await db.transaction().execute(async (all) => {
    await addMissing(all, 'user', users);
    await addMissing(all, 'user_permission', permissions);
    await addMissing(all, 'letter', LETTERS);
    await addMissing(all, 'job', JOBS);
    await addMissing(all, 'game', games);
    await addMissing(
      all,
      'fielding_error',
      errors.map((error) => ({ ...error, recorded_by: null })),
    );
  });
}

async function addMissing<T extends keyof Tables>(db: Database, table: T, rows: InsertObject<Tables, T>[]) {
  if (rows.length === 0) return;
  await db
    .insertInto(table)
    .values(rows)
    .onConflict((existing) => existing.doNothing())
    .execute();
}
