// The database as views use it: Kysely's query builder over SQLite or PostgreSQL. Every query passes `ask` below,
// the one seam at which its span opens, the same for both.
//
//   view → db.selectFrom('job')… → compile (text with placeholders, parameters apart) → ask → Engine

import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { ATTR_DB_QUERY_SUMMARY, ATTR_DB_QUERY_TEXT, ATTR_DB_SYSTEM_NAME } from '@opentelemetry/semantic-conventions';
import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver, Kysely, type QueryResult } from 'kysely';
import { app } from '../../../../otel/contract/index.ts';
import { ATTR_DB_AFFECTED_ROWS, ATTR_DB_RESPONSE_RETURNED_ROWS } from '../../../../otel/contract/names.ts';
import { contextHeaders } from '../../../../otel/propagation/http.ts';
import { inSpan } from '../../../../otel/span.ts';
import type { Connection, Engine, Result } from './engine.ts';
import { openPostgresql } from './postgresql.ts';
import { openSqlite } from './sqlite.ts';
import { summaryOf } from './summary.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export type DatabaseSettings = {
  /** `postgresql://…`, or the path of SQLite's file. */
  url: string;
  /** Whether each query carries its trace in a comment (https://google.github.io/sqlcommenter/). */
  comments: boolean;
};

/** Opens the database; it is ready when this returns. */
export function openDatabase({ url, comments }: DatabaseSettings): Database {
  const engine = /^postgres(ql)?:/.test(url) ? openPostgresql(url) : openSqlite(url);
  return new Kysely<Tables>({ dialect: dialectOf(engine, comments) });
}

/** Asks the database one question, in a span; its text has placeholders where parameters go. */
function ask(engine: Engine, connection: Connection, query: CompiledQuery, comments: boolean) {
  const { sql, parameters } = query;
  const summary = summaryOf(query);
  const attributes = {
    ...engine.attributes,
    [ATTR_DB_SYSTEM_NAME]: engine.system,
    [ATTR_DB_QUERY_TEXT]: sql,
    [ATTR_DB_QUERY_SUMMARY]: summary,
  };
  return inSpan(app.query, { words: { summary }, attributes }, (span) => {
    const counted = (result: Result) => {
      if (result.rows) span.setAttribute(ATTR_DB_RESPONSE_RETURNED_ROWS, result.rows.length);
      if (result.affected !== undefined) span.setAttribute(ATTR_DB_AFFECTED_ROWS, result.affected);
      return result;
    };
    const result = connection.query(comments ? `${sql}${comment()}` : sql, parameters);
    return result instanceof Promise ? result.then(counted) : counted(result);
  });
}

/** Text after the query that tells the database's own log which trace it belongs to. */
function comment(): string {
  const active = trace.getSpanContext(context.active());
  if (active === undefined || !isSpanContextValid(active)) return '';
  return ` /*traceparent='${contextHeaders(context.active()).traceparent}'*/`;
}

class EngineConnection implements DatabaseConnection {
  readonly raw: Connection;
  readonly #engine: Engine;
  readonly #comments: boolean;

  constructor(raw: Connection, engine: Engine, comments: boolean) {
    this.raw = raw;
    this.#engine = engine;
    this.#comments = comments;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows = [], affected = 0 } = await ask(this.#engine, this.raw, query, this.#comments);
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  // biome-ignore lint/correctness/useYield: Kysely's interface asks for it
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are not streamed here.');
  }
}

function dialectOf(engine: Engine, comments: boolean): Dialect {
  const say = (connection: DatabaseConnection, sql: string) =>
    connection.executeQuery(CompiledQuery.raw(sql)).then(() => {});
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => new EngineConnection(await engine.acquire(), engine, comments),
    beginTransaction: (connection) => say(connection, engine.begin),
    commitTransaction: (connection) => say(connection, 'commit'),
    rollbackTransaction: (connection) => say(connection, 'rollback'),
    releaseConnection: async (connection) => engine.release((connection as EngineConnection).raw),
    destroy: () => engine.close(),
  };
  return {
    createDriver: () => driver,
    createAdapter: () => engine.adapter,
    createQueryCompiler: engine.compiler,
    createIntrospector: (db) => engine.introspector(db),
  };
}
