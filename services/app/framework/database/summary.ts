// What a query does, to which table, in two words: the span's name and `db.query.summary` (`SELECT job`).
// Read from the query builder's tree, so no SQL is parsed.

import type { CompiledQuery, OperationNode } from 'kysely';

/** `SELECT job`, `INSERT session` …; of raw SQL its first word (`BEGIN`). */
export function summaryOf({ query, sql }: CompiledQuery): string {
  const verb = (/^\w+/.exec(sql)?.[0] ?? 'query').toUpperCase();
  const table = tableOf(query);
  return table === undefined ? verb : `${verb} ${table}`;
}

function tableOf(query: OperationNode): string | undefined {
  const { from, into, table } = query as { from?: { froms: OperationNode[] }; into?: unknown; table?: unknown };
  return nameIn(from?.froms[0] ?? into ?? table);
}

/** The identifier in a table's node; an alias (`job as j`) wraps the table. */
function nameIn(node: unknown): string | undefined {
  const { node: aliased, table } = (node ?? {}) as { node?: unknown; table?: { identifier?: { name: string } } };
  return aliased === undefined ? table?.identifier?.name : nameIn(aliased);
}
