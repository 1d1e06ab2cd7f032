// The migrations of the site's database. One that was released is never changed, only followed by another.

import type { Kysely } from 'kysely';
import type { Migrations } from '../../framework/database/migrate.ts';

const accounts = async ({ schema }: Kysely<unknown>) => {
  await schema
    .createTable('user')
    .addColumn('id', 'integer', (id) => id.primaryKey())
    .addColumn('name', 'text', (name) => name.notNull().unique())
    .addColumn('password', 'text', (password) => password.notNull())
    .execute();
  await schema
    .createTable('user_permission')
    .addColumn('user_id', 'integer', (user) => user.notNull().references('user.id'))
    .addColumn('permission', 'text', (permission) => permission.notNull())
    .addPrimaryKeyConstraint('user_permission_key', ['user_id', 'permission'])
    .execute();
  await schema
    .createTable('session')
    .addColumn('key', 'text', (key) => key.primaryKey())
    .addColumn('data', 'text', (data) => data.notNull())
    .addColumn('expires', 'text', (expires) => expires.notNull())
    .execute();
};

const games = async ({ schema }: Kysely<unknown>) => {
  await schema
    .createTable('game')
    .addColumn('id', 'integer', (id) => id.primaryKey())
    .addColumn('day', 'text', (day) => day.notNull())
    .addColumn('starts', 'text', (starts) => starts.notNull())
    .addColumn('opponent', 'text', (opponent) => opponent.notNull())
    .addColumn('at_home', 'integer', (atHome) => atHome.notNull())
    .addUniqueConstraint('game_once', ['day', 'starts'])
    .execute();
  await schema
    .createTable('fielding_error')
    .addColumn('id', 'text', (id) => id.primaryKey())
    .addColumn('game_id', 'integer', (game) => game.notNull().references('game.id'))
    .addColumn('inning', 'integer', (inning) => inning.notNull())
    .addColumn('play', 'text', (play) => play.notNull())
    .addColumn('recorded_by', 'integer', (user) => user.references('user.id'))
    .execute();
  await schema.createIndex('fielding_error_game').on('fielding_error').column('game_id').execute();
};

const letters = async ({ schema }: Kysely<unknown>) => {
  await schema
    .createTable('letter')
    .addColumn('name', 'text', (name) => name.primaryKey())
    .addColumn('subject', 'text', (subject) => subject.notNull())
    .addColumn('body', 'text', (body) => body.notNull())
    .execute();
};

const jobs = async ({ schema }: Kysely<unknown>) => {
  await schema
    .createTable('job')
    .addColumn('id', 'integer', (id) => id.primaryKey())
    .addColumn('title', 'text', (title) => title.notNull())
    .addColumn('description', 'text', (description) => description.notNull())
    .addColumn('owner_id', 'integer', (owner) => owner.notNull().references('user.id'))
    .execute();
};

const tasks = async ({ schema }: Kysely<unknown>) => {
  await schema
    .createTable('task')
    .addColumn('id', 'text', (id) => id.primaryKey())
    .addColumn('queue', 'text', (queue) => queue.notNull())
    .addColumn('argument', 'text', (argument) => argument.notNull())
    .addColumn('context', 'text', (context) => context.notNull())
    .addColumn('sent', 'text', (sent) => sent.notNull())
    .addColumn('due', 'text', (due) => due.notNull())
    .addColumn('attempts', 'integer', (attempts) => attempts.notNull().defaultTo(0))
    .execute();
  await schema.createIndex('task_due').on('task').column('due').execute();
  await schema
    .createTable('report')
    .addColumn('id', 'integer', (id) => id.primaryKey())
    .addColumn('counted', 'text', (counted) => counted.notNull())
    .addColumn('games', 'integer', (games) => games.notNull())
    .addColumn('errors', 'integer', (errors) => errors.notNull())
    .execute();
};

/** Applied in this order. */
export const migrations: Migrations = {
  '001_accounts': { up: accounts },
  '002_games': { up: games },
  '003_letters': { up: letters },
  '004_jobs': { up: jobs },
  '005_tasks': { up: tasks },
};
