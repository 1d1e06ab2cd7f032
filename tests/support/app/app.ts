// For tests alone: a worker with a database of its own, and a visitor that keeps cookies and sends forms as a browser does.

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';
import { type AppConfig, readConfig } from '../../../services/app/config.ts';
import { openDatabase } from '../../../services/app/framework/database/database.ts';
import { migrate } from '../../../services/app/framework/database/migrate.ts';
import { createApp } from '../../../services/app/server.ts';
import { migrations } from '../../../services/app/site/database/migrations.ts';
import { seed } from '../../../services/app/site/database/seed.ts';
import { TIME_ZONE } from '../../../services/app/site/days.ts';
import { noPostgresql, startPostgresql } from './postgresql.ts';

/** A day with a game and an error in it, at noon in San Diego. */
export const NOON = new Date('2026-06-10T19:00:00Z');

/** Starts a worker on a fresh SQLite database, or on `databaseUrl`, whose clock stands still at noon. */
export async function startApp({ databaseUrl = '', ...extra }: Partial<AppConfig> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'waybill-app-'));
  const environment = { WAYBILL_HOME: home, WAYBILL_INSTANCE: 'app-1', WAYBILL_DATABASE_URL: databaseUrl };
  const config: AppConfig = {
    ...readConfig(environment),
    listening: { host: '127.0.0.1', port: 0, variable: '' },
    clock: () => NOON,
    ...extra,
  };
  const db = openDatabase(config.databaseUrl);
  await migrate(db, migrations);
  await seed(db, NOON, TIME_ZONE);
  const app = createApp(config);
  const port = await app.listen();
  return {
    port,
    db,
    config,
    visitor: (host?: string) => new Visitor(port, host),
    async stop() {
      await app.close();
      await db.destroy();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof startApp>>;

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };
type Options = { method?: string; headers?: Record<string, string>; body?: string };

/** A visitor with a browser. */
export class Visitor {
  readonly #port: number;
  readonly #origin: string;
  readonly #cookies = new CookieJar();

  constructor(port: number, host = 'djangogirls.test') {
    this.#port = port;
    this.#origin = `http://${host}`;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.getCookiesSync(this.#origin).find((cookie) => cookie.key === name)?.value;
  }

  setCookie(name: string, value: string): void {
    this.#cookies.setCookieSync(`${name}=${value}; Path=/`, this.#origin);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(path, { headers });
  }

  /** Sends the form of the page `on` that leads to `path`, with its hidden fields and those given. */
  async submit(on: string, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.submitFrom((await this.get(on)).body, path, fields, headers);
  }

  /** The same for a page that was read before. */
  submitFrom(page: string, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const form = parse(page)
      .querySelectorAll('form')
      .find((each) => each.getAttribute('action') === path);
    const hidden = form?.querySelectorAll('input[type=hidden]').map((field) => {
      return [field.getAttribute('name') ?? '', field.getAttribute('value') ?? ''];
    });
    return this.post(path, { ...Object.fromEntries(hidden ?? []), ...fields }, headers);
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      headers: { origin: this.#origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }

  signIn(name: string, password = name): Promise<Answer> {
    return this.submit('/accounts/login/', '/accounts/login/', { username: name, password });
  }

  async send(path: string, { method = 'GET', headers = {}, body = '' }: Options): Promise<Answer> {
    const cookie = this.#cookies.getCookieStringSync(this.#origin);
    const sent = request({
      port: this.#port,
      method,
      path,
      headers: {
        host: new URL(this.#origin).host,
        ...(cookie && { cookie }),
        ...(method !== 'GET' && !headers['transfer-encoding'] && { 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
    });
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject).end(body);
    });
    for (const each of response.headers['set-cookie'] ?? [])
      this.#cookies.setCookieSync(each, this.#origin, { ignoreError: true });
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }
}

/** Both databases, for `describe.each`: a worker on a fresh one; `skip` says why it is not available. */
export const databases = [
  { database: 'SQLite', skip: undefined, start: () => startApp() },
  {
    database: 'PostgreSQL',
    skip: noPostgresql,
    async start() {
      const { url, stop } = await startPostgresql();
      const app = await startApp({ databaseUrl: url });
      const stopBoth = async () => {
        await app.stop();
        await stop();
      };
      return { ...app, stop: stopBoth };
    },
  },
];
