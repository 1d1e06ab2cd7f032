// The site's own tables, besides the framework's: games and the errors in them, letters, jobs, the report.

declare module '../../framework/database/tables.ts' {
  interface Tables {
    /** `day` is a date in the time zone of the team, `2026-11-20`; `starts` a time in it, `19:10`. */
    game: { id: number; day: string; starts: string; opponent: string; at_home: number };
    fielding_error: { id: string; game_id: number; inning: number; play: string; recorded_by: number | null };
    letter: { name: string; subject: string; body: string };
    /** One row: the latest report. */
    report: { id: number; counted: string; games: number; errors: number };
    job: { id: number; title: string; description: string; owner_id: number };
  }
}

export {};
