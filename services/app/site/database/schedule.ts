// The schedule: invented, but always the same for the same day, so that every lab has the same games.

import { createHash } from 'node:crypto';

export type ScheduledGame = { id: number; day: string; starts: string; opponent: string; at_home: number };
export type ScheduledError = { id: string; game_id: number; inning: number; play: string };

const OPPONENTS = ['Los Angeles', 'San Francisco', 'Phoenix', 'Denver', 'Chicago', 'St. Louis', 'Milwaukee', 'Seattle'];
const PLAYS = [
  'Throw to first sails over the bag',
  'Ground ball goes under the glove',
  'Fly ball dropped at the warning track',
  'Relay throw ends up in the dugout',
];

/** The games of `day`: one, on every tenth day two, on every ninth none. */
export function gamesOn(day: string): ScheduledGame[] {
  const number = Date.parse(day) / 86_400_000;
  const starts = number % 9 === 0 ? [] : number % 10 === 0 ? ['13:10', '19:10'] : ['19:10'];
  return starts.map((time, index) => ({
    id: 10 * number + index,
    day,
    starts: time,
    opponent: pick(OPPONENTS, String(Math.floor(number / 3))), // a series is three days
    at_home: Math.floor(number / 6) % 2,
  }));
}

/** The errors made in a game: in one of three games there is one, in one of these a second. */
export function errorsIn({ id, day }: ScheduledGame): ScheduledError[] {
  const count = chance(`${id} ${day}`) % 9 === 0 ? 2 : chance(`${id} ${day}`) % 3 === 0 ? 1 : 0;
  return Array.from({ length: count }, (_, index) => ({
    id: `${id}-${index}`,
    game_id: id,
    inning: 1 + 4 * index + (chance(`${id} inning`) % 4),
    play: pick(PLAYS, `${id} ${index}`),
  }));
}

function pick(list: readonly string[], seed: string): string {
  return list[chance(seed) % list.length] ?? '';
}

function chance(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE();
}
