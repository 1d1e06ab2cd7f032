// tatis.test: Does Tatis Jr Have an Error Today?

import { requirePermission } from '../../framework/auth/permissions.ts';
import type { Database } from '../../framework/database/database.ts';
import { blankForm, type Field, readForm } from '../../framework/forms.ts';
import { NotFound } from '../../framework/http/errors.ts';
import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, redirect, render } from '../../framework/http/response.ts';
import { randomText } from '../../framework/signing.ts';
import { reverse } from '../../framework/urls/reverse.ts';
import { addDays, dayAt, inWords, TIME_ZONE } from '../days.ts';

const PAGE_SIZE = 10;
/** How many days back an error can still be recorded. */
const RECORD_DAYS = 7;

/** Yes or No, and the day's games: today's, or with `?answer=yes` (or `no`) those of the newest day with that answer. */
export async function today(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  const answer = request.query.get('answer');
  const now = dayAt(request.now(), TIME_ZONE);
  const day = answer === undefined ? now : await newestDay(request.db, now, answer === 'yes');
  const games = await gamesBetween(request.db, day, day);
  const hasError = games.some(({ errors }) => errors.length > 0);
  return render(request, 'today.html', { games, hasError, day: inWords(day) });
}

/** The days before, ten games a page. */
export async function history(request: Request): Promise<Response> {
  requireMethod(request, 'GET');
  const until = dayAt(request.now(), TIME_ZONE);
  const { games: total } = await request.db
    .selectFrom('game')
    .select(({ fn }) => fn.countAll<number>().as('games'))
    .where('day', '<', until)
    .executeTakeFirstOrThrow();
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const text = request.query.get('page') ?? '1';
  const page = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (page < 1 || page > pages) throw new NotFound(`There are pages 1 to ${pages}.`);

  const rows = await request.db
    .selectFrom('game')
    .leftJoin('fielding_error', 'game_id', 'game.id')
    .select(['game.id', 'day', 'starts', 'opponent', 'at_home'])
    .select(({ fn }) => fn.count<number>('fielding_error.id').as('errors'))
    .where('day', '<', until)
    .groupBy(['game.id', 'day', 'starts', 'opponent', 'at_home'])
    .orderBy('game.id', 'desc')
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE)
    .execute();
  const games = rows.map((game) => ({ ...game, day: inWords(game.day) }));
  return render(request, 'history.html', { games, page, pages, newer: page - 1, older: page < pages ? page + 1 : 0 });
}

/** The form to record an error, for users with games.record_error. */
export async function recordError(request: Request): Promise<Response> {
  requireMethod(request, 'GET', 'POST');
  await requirePermission(request, 'games.record_error');
  const day = dayAt(request.now(), TIME_ZONE);
  const fields = errorFields(await gamesBetween(request.db, addDays(day, -RECORD_DAYS), day));
  if (request.method !== 'POST') return render(request, 'record.html', { form: blankForm(fields) });

  const form = readForm(fields, await request.form());
  if (!form.isValid) return render(request, 'record.html', { form });
  const { game, inning, play } = form.values;
  await request.db
    .insertInto('fielding_error')
    .values({
      id: randomText(16),
      game_id: Number(game),
      inning: Number(inning),
      play,
      recorded_by: request.user?.id ?? null,
    })
    .execute();
  request.messages.add('The error is recorded.');
  return redirect(reverse(request.site.urls, 'today'));
}

function errorFields(games: Game[]): Record<'game' | 'inning' | 'play', Field> {
  const innings = Array.from({ length: 12 }, (_, index) => String(index + 1));
  return {
    game: {
      label: 'Game',
      kind: 'choice',
      options: games
        .toReversed()
        .map(({ id, day, starts, title }) => ({ value: String(id), label: `${inWords(day)}, ${starts}: ${title}` })),
    },
    inning: { label: 'Inning', kind: 'choice', options: innings.map((inning) => ({ value: inning, label: inning })) },
    play: { label: 'What happened', help: 'In one sentence.', maxLength: 120 },
  };
}

type Game = {
  id: number;
  day: string;
  starts: string;
  title: string;
  errors: { inning: number; play: string }[];
};

/** The newest day, until that of `until`, with a game on which there was an error (or none); `until` without one. */
async function newestDay(db: Database, until: string, hasError: boolean): Promise<string> {
  const withError = db
    .selectFrom('fielding_error')
    .innerJoin('game as other', 'other.id', 'game_id')
    .select('other.day');
  const found = await db
    .selectFrom('game')
    .select('day')
    .where('day', '<=', until)
    .where('day', hasError ? 'in' : 'not in', withError)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found?.day ?? until;
}

/** The games of these days with their errors, in one query. */
async function gamesBetween(db: Database, from: string, to: string): Promise<Game[]> {
  const rows = await db
    .selectFrom('game')
    .leftJoin('fielding_error', 'game_id', 'game.id')
    .select(['game.id', 'day', 'starts', 'opponent', 'at_home', 'inning', 'play'])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .orderBy('game.id')
    .orderBy('inning')
    .orderBy('fielding_error.id')
    .execute();
  const games = new Map<number, Game>();
  for (const { id, day, starts, opponent, at_home, inning, play } of rows) {
    const title = at_home ? `${opponent} at San Diego` : `San Diego at ${opponent}`;
    const game = games.get(id) ?? { id, day, starts, title, errors: [] };
    if (inning !== null && play !== null) game.errors.push({ inning, play });
    games.set(id, game);
  }
  return [...games.values()];
}
