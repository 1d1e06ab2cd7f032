// The health check of a worker: GET /healthz, over a connection of its own, so that a request in progress does not delay it.

import { Client } from 'undici';
import { untraced } from '../../otel/untraced.ts';

const TIMEOUT_MS = 1000;

/** What a worker reports; `started` in ms since 1970: in containers, processes that follow each other share a pid. */
export type Health = {
  worker: string;
  pid: number;
  started: number;
  /** Of the site that it runs; null for the working tree. */
  release?: string | null;
  inHand?: number;
  draining?: boolean;
  /** It still loads its framework and its site. */
  starting?: boolean;
  /** With `starting`: that has failed, and it exits. */
  failed?: boolean;
};

/** No process listens there, or the connection failed; or no answer within a second. */
export type NoHealth = 'refused' | 'silent';

export class HealthCheck {
  readonly #client: Client;
  readonly #closed = new AbortController();

  constructor(origin: string) {
    this.#client = new Client(origin, { keepAliveTimeout: 3_600_000, keepAliveMaxTimeout: 3_600_000 });
  }

  /** Resolves with what the worker reports, or with why there is no answer; never rejects. */
  async check(headers: Record<string, string> = {}): Promise<Health | NoHealth> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closed.signal]);
      const { body } = await untraced(() => this.#client.request({ method: 'GET', path: '/healthz', headers, signal }));
      return (await body.json()) as Health;
    } catch (error) {
      return (error as Error).name === 'TimeoutError' ? 'silent' : 'refused';
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#client.destroy();
  }
}
