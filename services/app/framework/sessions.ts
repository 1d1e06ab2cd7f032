// Sessions: data in the database, its key in a signed cookie. A key that the server has not issued is ignored; a new one is made
// when there is data to save.

import type { Database } from './database/database.ts';
import { randomText } from './signing.ts';

export const SESSION_SECONDS = 14 * 24 * 3600;

/** What a session can hold. */
export type SessionData = { userId?: number; messages?: string[] };

export class Session {
  /** Undefined: not saved yet. */
  key: string | undefined;
  isChanged = false;
  /** Whether it was read or written: then the response depends on it. */
  isAccessed = false;
  #data: SessionData = {};
  /** The key to delete, after a change of key. */
  #formerKey: string | undefined;

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

  /** Takes a new key and keeps the data: at sign-in, against session fixation. */
  changeKey(): void {
    this.#formerKey ??= this.key;
    this.key = undefined;
    this.isAccessed = true;
    this.isChanged = true;
  }

  /** Deletes its data. */
  clear(): void {
    this.#data = {};
    this.changeKey();
  }

  /** Loads the data saved under `key`, if it has not expired. */
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

  /** Saves it to the database. */
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

/** Deletes expired sessions: Django's clearsessions. */
export async function clearSessions(db: Database, now: Date): Promise<void> {
  await db.deleteFrom('session').where('expires', '<=', now.toISOString()).execute();
}
