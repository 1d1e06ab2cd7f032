// What a database must be able to do for the framework; SQLite and PostgreSQL are the two that can.

import type { Attributes } from '@opentelemetry/api';
import type { Dialect, DialectAdapter, QueryCompiler } from 'kysely';

/** `rows`: those that a query returns; `affected`: how many it has inserted, updated or deleted. BEGIN and the like have neither. */
export type Result = { rows?: Record<string, unknown>[]; affected?: number | undefined };

/** A connection, used by one request at a time. */
export type Connection = { query(sql: string, parameters: readonly unknown[]): Promise<Result> | Result };

export type Engine = {
  /** `db.system.name` of its spans. */
  system: 'sqlite' | 'postgresql';
  /** Where it is, if it is a service of its own. */
  attributes: Attributes;
  /** The statement that opens a transaction in which may be written. */
  begin: string;
  adapter: DialectAdapter;
  compiler: () => QueryCompiler;
  introspector: Dialect['createIntrospector'];
  /** A connection of one's own until it is released; waits while none is free. */
  acquire: () => Promise<Connection>;
  release: (connection: Connection) => void;
  close: () => Promise<void>;
};
