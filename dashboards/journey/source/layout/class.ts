// Who of a class is at which lesson, by the traces of all.

import type { TraceRow } from '../../../../services/visitor/api.ts';

/** `lesson`: the name of the one that their newest request of a lesson belongs to; `last`: their newest request. */
export type Pupil = { learner: string; lesson: string | null; last: TraceRow };

/** The learners of `rows` (the newest first), by name. */
export function pupilsIn(rows: readonly TraceRow[]): Pupil[] {
  const pupils = new Map<string, Pupil>();
  for (const row of rows) {
    const { learner, lesson } = row;
    if (learner === null) continue;
    const known = pupils.get(learner) ?? { learner, lesson: null, last: row };
    pupils.set(learner, { ...known, lesson: known.lesson ?? lesson });
  }
  return [...pupils.values()].sort((a, b) => a.learner.localeCompare(b.learner));
}
