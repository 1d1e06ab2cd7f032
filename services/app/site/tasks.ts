// What background workers do for the site (Django's tasks.py).

import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '../framework/tasks.ts';
import { dayAt, TIME_ZONE } from './days.ts';

/** As long as counting many seasons would take, in ms: too long for a visitor to wait. */
const COUNTING_MS = 200;

/** Counts all games until today, and the errors in them. */
export const reports: Task = {
  name: 'reports',
  async work(db, _, now) {
    const { games, errors } = await db
      .selectFrom('game')
      .leftJoin('fielding_error', 'game_id', 'game.id')
      .select(({ fn }) => [
        fn.count<number>('game.id').distinct().as('games'),
        fn.count<number>('fielding_error.id').as('errors'),
      ])
      .where('day', '<=', dayAt(now, TIME_ZONE))
      .executeTakeFirstOrThrow();
    await delay(COUNTING_MS);
    const counted = { counted: now.toISOString(), games, errors };
    return (all) =>
      all
        .insertInto('report')
        .values({ id: 1, ...counted })
        .onConflict((earlier) => earlier.column('id').doUpdateSet(counted))
        .execute();
  },
};
