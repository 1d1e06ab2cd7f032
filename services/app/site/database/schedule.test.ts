import { expect, test } from 'vitest';
import { errorsIn, gamesOn } from './schedule.ts';

const days = Array.from({ length: 90 }, (_, index) =>
  new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
);
const games = days.flatMap(gamesOn);

test('the same day has the same games, with the same errors, in every lab', () => {
  expect(games).toEqual(days.flatMap(gamesOn));
  expect(games.flatMap(errorsIn)).toEqual(games.flatMap(errorsIn));
});

test('of ninety days ten have no game, and eight have two', () => {
  const counts = Map.groupBy(days, (day) => gamesOn(day).length);
  expect([0, 1, 2].map((count) => counts.get(count)?.length)).toEqual([10, 72, 8]);
});

test('games and errors have ids of their own, each error that of its game', () => {
  const errors = games.flatMap((game) => errorsIn(game).map((error) => ({ ...error, of: game.id })));
  expect(new Set(games.map(({ id }) => id)).size).toBe(games.length);
  expect(new Set(errors.map(({ id }) => id)).size).toBe(errors.length);
  expect(errors.every(({ game_id, of }) => game_id === of)).toBe(true);
});

test('an error falls into one of the nine innings', () => {
  const innings = games.flatMap(errorsIn).map(({ inning }) => inning);
  expect([Math.min(...innings) >= 1, Math.max(...innings) <= 9]).toEqual([true, true]);
});

test('a series of three days is played against one opponent', () => {
  const series = Map.groupBy(games, ({ day }) => Math.floor(Date.parse(day) / 86_400_000 / 3));
  const opponents = [...series.values()].map((played) => new Set(played.map(({ opponent }) => opponent)).size);
  expect(new Set(opponents)).toEqual(new Set([1]));
});
