// What the site remembers of a visitor between requests: data in the database, its key in a signed cookie.
// A key that the browser brings counts only if we gave it out; otherwise a new one is made when there is something to keep.

import type { Database } from './database/database.ts';
import { randomText } from './signing.ts';

export const SESSION_SECONDS = 14 * 24 * 3600;

/** What a session can hold. */
export type SessionData = { userId?: number; messages?: string[] };

export class Session {
  /** Undefined: nothing is kept yet. */
  key: string | undefined;
  isChanged = false;
  /** Whether anybody has looked into it: what was answered then depends on whose it is. */
  isAccessed = false;
  #data: SessionData = {};
  /** The key under which it was kept until now, when it has been given another. */
  #formerKey: string | undefined;

  /** Nothing is in it, and nothing is kept of it. */
  get isEmpty(): boolean {
    return this.key === undefined && Object.keys(this.#data).length === 0;
  }

  get<K extends keyof SessionData>(name: K): SessionData[K] {
    this.isAccessed = true;
    return this.#data[name];
  }

  /** Sets a value; undefined removes it. */
  set<K extends keyof SessionData>(name: K, value: SessionData[K]): void {
    if (value === undefined) delete this.#data[name];
    else this.#data[name] = value;
    this.isAccessed = true;
    this.isChanged = true;
  }

  /** Forgets the key but not the data: done at sign-in, so that a key known to somebody else becomes worthless. */
  changeKey(): void {
    this.#formerKey ??= this.key;
    this.key = undefined;
    this.isAccessed = true;
    this.isChanged = true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#data = {};
    this.changeKey();
  }

  /** Fills it with what is kept under `key`, if there is anything (any more). */
  async load(key: string, db: Database, now: Date): Promise<void> {
    const found = await db
      .selectFrom('session')
      .select('data')
      .where('key', '=', key)
      .where('expires', '>', now.toISOString())
      .executeTakeFirst();
    if (found === undefined) return;
    this.key = key;
    this.#data = JSON.parse(found.data);
  }

  /** Writes it to the database. */
  async save(db: Database, now: Date): Promise<void> {
    const former = this.#formerKey;
    if (former !== undefined) await db.deleteFrom('session').where('key', '=', former).execute();
    this.#formerKey = undefined;
    if (this.isEmpty) return;

    const expires = new Date(now.getTime() + SESSION_SECONDS * 1000).toISOString();
    const data = JSON.stringify(this.#data);
    if (this.key !== undefined) {
      await db.updateTable('session').set({ data, expires }).where('key', '=', this.key).execute();
    } else {
      this.key = randomText(32);
      await db.insertInto('session').values({ key: this.key, data, expires }).execute();
    }
  }
}

/** Deletes sessions that are over: Django's clearsessions. */
export async function clearSessions(db: Database, now: Date): Promise<void> {
  await db.deleteFrom('session').where('expires', '<=', now.toISOString()).execute();
}
