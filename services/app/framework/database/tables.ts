// The framework's own tables. A site adds its own by declaration merging:
//   declare module '…/framework/database/tables.ts' { interface Tables { job: Job } }
// Only text and integers, so that both databases give back the same; a time is text, in ISO 8601 and UTC.

import type { Generated } from 'kysely';

/** A message of the task queue (tasks.ts). `argument` and `context` are JSON; it is due at `due`. */
export type TaskRow = {
  id: string;
  queue: string;
  argument: string;
  context: string;
  sent: string;
  due: string;
  attempts: Generated<number>;
};

export interface Tables {
  user: { id: number; name: string; password: string };
  user_permission: { user_id: number; permission: string };
  task: TaskRow;
  session: { key: string; data: string; expires: string };
}
