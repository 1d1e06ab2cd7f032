// Days, as the site counts them: "today" is where the team is at home, not where the server stands.

/** Where the team is at home. */
export const TIME_ZONE = 'America/Los_Angeles';

/** The day at `time` in `timeZone`, as `2026-11-20`. */
export function dayAt(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(time);
}

/** The day so many days after `day` (before, if negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day in words: `Friday, 20 November 2026`. */
export function inWords(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(Date.parse(day));
}
