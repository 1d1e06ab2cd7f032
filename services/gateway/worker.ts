// One worker as the gateway sees it: how to reach it, who it is, and whether it may be given a letter.
//
//   starting ──answers──▶ idle ◀──▶ busy          given letters only when idle
//                          │         │
//      ends its connection │         │ times out, or breaks the connection
//                          ▼         ▼
//   dead ◀──no listener── suspect ──answers, nothing in hand──▶ idle
//   draining: it says itself that it ends; what it has in hand it finishes
//
// State and pid are learnt from GET /healthz, asked often while the worker is not up, and now and then while it is.

import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool } from 'undici';
import type { Endpoint } from '../../otel/endpoint.ts';
import { log } from '../../otel/log.ts';

export type State = 'starting' | 'idle' | 'busy' | 'draining' | 'suspect' | 'dead';

/** How often GET /healthz is asked, in ms. */
const ASK_AWAY = 50;
const ASK_UP = 200;
const ASK_TIMEOUT = 1000;

type Health = { worker: string; pid: number; inHand?: number; draining?: boolean };

export class Worker {
  readonly endpoint: Endpoint;
  readonly origin: string;
  /** Requests go through here; a connection for each letter that it may have at once. */
  readonly pool: Pool;
  id: string;
  pid = 0;
  since = 0;
  served = 0;
  inHand = 0;
  readonly #limit: number;
  readonly #health: Client;
  readonly #changed: (worker: Worker) => void;
  #state: State = 'starting';
  #closed = new AbortController();
  #nudge: () => void = () => {};

  /** `changed` is called after each change of state, and when a letter has left its hands. */
  constructor(endpoint: Endpoint, limit: number, changed: (worker: Worker) => void) {
    this.endpoint = endpoint;
    this.origin = `http://${endpoint.host}:${endpoint.port}`;
    this.id = `${endpoint.host}:${endpoint.port}`;
    this.#limit = limit;
    this.#changed = changed;
    // No timeouts of undici's own: the gateway has one of its own, and never lets go of an idle connection.
    const kept = { keepAliveTimeout: 3_600_000, keepAliveMaxTimeout: 3_600_000, headersTimeout: 0, bodyTimeout: 0 };
    this.pool = new Pool(this.origin, { ...kept, connections: limit, pipelining: 1 });
    this.pool.on('disconnect', () => this.#disconnected());
    this.#health = new Client(this.origin, kept);
    void this.#watch();
  }

  get state(): State {
    return this.#state;
  }

  get isFree(): boolean {
    return this.#state === 'idle' || (this.#state === 'busy' && this.inHand < this.#limit);
  }

  /** A letter is put in its hands. */
  take(): void {
    this.inHand += 1;
    this.#state = 'busy';
  }

  /** The letter has left its hands: `answered`, or the worker is `suspect` and must answer for itself before the next. */
  done(how: 'answered' | 'suspect'): void {
    this.inHand -= 1;
    this.served += 1;
    if (how === 'suspect' || (this.#state === 'suspect' && this.inHand === 0)) this.#doubt();
    else if (this.#state === 'busy' && this.inHand === 0) this.#become('idle');
    else this.#changed(this);
  }

  /** Ends the connections, those with a letter in hand once that is done. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#nudge();
    this.#become('draining');
    await Promise.all([this.pool.close(), this.#health.destroy()]);
  }

  #disconnected(): void {
    if (this.#state === 'idle') this.#doubt();
  }

  #doubt(): void {
    this.#become('suspect');
    this.#nudge();
  }

  #become(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (before !== state && !(isUp(before) && isUp(state))) {
      log.info({ worker: this.id, workerPid: this.pid, before, state }, 'worker changed state');
    }
    this.#changed(this);
  }

  async #watch(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.#learn(await this.#ask());
      const nudged = new Promise<void>((resolve) => {
        this.#nudge = resolve;
      });
      await Promise.race([nudged, delay(isUp(this.#state) ? ASK_UP : ASK_AWAY)]);
    }
  }

  async #ask(): Promise<Health | 'refused' | 'silent'> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(ASK_TIMEOUT), this.#closed.signal]);
      const { body } = await this.#health.request({ method: 'GET', path: '/healthz', signal });
      return (await body.json()) as Health;
    } catch (error) {
      return (error as Error).name === 'TimeoutError' ? 'silent' : 'refused';
    }
  }

  #learn(health: Health | 'refused' | 'silent'): void {
    if (this.#closed.signal.aborted) return;
    if (health === 'silent') {
      if (this.#state === 'idle') this.#become('suspect');
    } else if (health === 'refused') {
      if (this.inHand === 0 && this.#state !== 'starting') this.#become('dead');
    } else {
      this.#introduce(health);
      if (health.draining) this.#become('draining');
      else if (!isUp(this.#state) && this.inHand === 0 && (health.inHand ?? 0) === 0) this.#become('idle');
    }
  }

  #introduce({ worker, pid }: Health): void {
    if (this.pid === pid) return;
    this.id = worker;
    this.pid = pid;
    this.since = Date.now();
    this.served = 0;
  }
}

function isUp(state: State): boolean {
  return state === 'idle' || state === 'busy';
}
