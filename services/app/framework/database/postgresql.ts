// PostgreSQL through pg: a service of its own, reached over a small pool of connections.

import { ATTR_DB_NAMESPACE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@opentelemetry/semantic-conventions';
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import pg from 'pg';
import { log } from '../../../../runtime/log.ts';
import type { Connection, Engine } from './engine.ts';

/** A worker answers one request at a time, and a page asks one question at a time; one to spare. */
const CONNECTIONS = 2;
const CONNECT_MS = 5000;
/** Commands of which `rowCount` is the number of rows changed. */
const CHANGES = ['INSERT', 'UPDATE', 'DELETE'];

// count(*) is a bigint, which pg gives as text; nothing here counts beyond 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens the database at `url`, `postgresql://user:password@host:port/name`; connects when it is first asked. */
export function openPostgresql(url: string): Engine {
  const { hostname, port, pathname } = new URL(url);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  pool.on('error', (error) => log.warn({ err: error }, 'the database closed an idle connection'));
  const clients = new WeakMap<Connection, pg.PoolClient>();

  return {
    system: 'postgresql',
    attributes: {
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_SERVER_PORT]: Number(port || 5432),
      [ATTR_DB_NAMESPACE]: pathname.slice(1),
    },
    begin: 'begin',
    adapter: new PostgresAdapter(),
    compiler: () => new PostgresQueryCompiler(),
    introspector: (db) => new PostgresIntrospector(db),
    async acquire() {
      const client = await pool.connect();
      const connection: Connection = {
        async query(sql, parameters) {
          const { command, fields, rows, rowCount } = await client.query(sql, [...parameters]);
          return {
            ...(fields.length > 0 && { rows }),
            affected: CHANGES.includes(command) ? (rowCount ?? 0) : undefined,
          };
        },
      };
      clients.set(connection, client);
      return connection;
    },
    release: (connection) => clients.get(connection)?.release(),
    close: () => pool.end(),
  };
}
