// PostgreSQL through pg: a service of its own, reached over a small pool of connections.

import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import { PostgresDialect, type PostgresDialectConfig } from 'kysely';
import pg from 'pg';
import { log } from '../../../../runtime/log.ts';

/** A worker answers one request at a time and does one background task at a time; each runs one query at a time. */
const CONNECTIONS = 2;
const CONNECT_MS = 5000;

// count(*) is a bigint, which pg gives as text; no number here exceeds 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** The database at `url`, `postgresql://user:password@host:port/name`: the attributes of its spans, and its dialect. */
export function postgresql(url: string) {
  const { hostname, port, pathname } = new URL(url);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  pool.on('error', (error) => log.warn({ err: error }, 'the database closed an idle connection'));
  return {
    attributes: {
      [ATTR_DB_SYSTEM_NAME]: 'postgresql',
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_SERVER_PORT]: Number(port || 5432),
      [ATTR_DB_NAMESPACE]: pathname.slice(1),
    },
    dialectWith: (onCreateConnection: NonNullable<PostgresDialectConfig['onCreateConnection']>) =>
      new PostgresDialect({ pool, onCreateConnection }),
  };
}
