// The framework's own tables. A site adds its own by declaration merging:
//   declare module '…/framework/database/tables.ts' { interface Tables { job: Job } }
// Only text and integers, so that both databases give back the same; a time is text, in ISO 8601 and UTC.

export interface Tables {
  user: { id: number; name: string; password: string };
  user_permission: { user_id: number; permission: string };
  session: { key: string; data: string; expires: string };
}
