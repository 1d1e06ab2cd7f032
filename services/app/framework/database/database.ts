// The database as views use it: Kysely's query builder over SQLite or PostgreSQL. Each query has a span, the same for both.
//
//   view → db.selectFrom('job')… → compile (text with placeholders, parameters apart) → inQuerySpan → connection

import type { Attributes } from '@opentelemetry/api';
import { ATTR_DB_QUERY_SUMMARY, ATTR_DB_QUERY_TEXT } from '@opentelemetry/semantic-conventions';
import { type CompiledQuery, Kysely, type QueryResult } from 'kysely';
import { app } from '../../../../otel/contract/index.ts';
import { ATTR_DB_AFFECTED_ROWS, ATTR_DB_RESPONSE_RETURNED_ROWS } from '../../../../otel/contract/names.ts';
import { inSpan } from '../../../../otel/span.ts';
import { postgresql } from './postgresql.ts';
import { sqlite } from './sqlite.ts';
import { summaryOf } from './summary.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** Opens the database at `url`, `postgresql://…` or the path of SQLite's file; PostgreSQL is connected to at the first query. */
export function openDatabase(url: string): Database {
  const { attributes, dialectWith } = /^postgres(ql)?:/.test(url) ? postgresql(url) : sqlite(url);
  const dialect = dialectWith(async (connection) => {
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = <R>(query: CompiledQuery) => inQuerySpan(query, attributes, () => execute<R>(query));
  });
  return new Kysely<Tables>({ dialect });
}

function inQuerySpan<R>(query: CompiledQuery, database: Attributes, execute: () => Promise<QueryResult<R>>) {
  const summary = summaryOf(query);
  const attributes = { ...database, [ATTR_DB_QUERY_TEXT]: query.sql, [ATTR_DB_QUERY_SUMMARY]: summary };
  return inSpan(app.query, { words: { summary }, attributes }, async (span) => {
    const result = await execute();
    const { rows, numAffectedRows = rows.length } = result;
    const isChange = /^(INSERT|UPDATE|DELETE)\b/.test(summary);
    if (isChange) span.setAttribute(ATTR_DB_AFFECTED_ROWS, Number(numAffectedRows));
    if (summary.startsWith('SELECT') || (isChange && rows.length > 0)) {
      span.setAttribute(ATTR_DB_RESPONSE_RETURNED_ROWS, rows.length);
    }
    return result;
  });
}
