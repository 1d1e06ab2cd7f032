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

import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConnector, Client, Pool } from 'undici';
import { ATTR_WORKER_ID, ATTR_WORKER_STATE } from '../../otel/contract/names.ts';
import type { Endpoint } from '../../otel/endpoint.ts';
import { log } from '../../otel/log.ts';
import { ORDER_HEADER } from '../../otel/propagation/http.ts';
import { restarts, stateChanges } from './metrics.ts';

export type State = 'starting' | 'idle' | 'busy' | 'draining' | 'suspect' | 'dead';

/** How often GET /healthz is asked, in ms. */
const ASK_AWAY = 50;
const ASK_UP = 200;
const ASK_TIMEOUT = 1000;
/** How long a worker that is replaced may take to come back, in ms. */
const REPLACED_WITHIN = 15_000;

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
  /** The process that is told to end, while it is being replaced. */
  #leaving: number | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #closed = new AbortController();
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
    this.pool = new Pool(this.origin, { ...kept, connections: limit, pipelining: 1, connect: this.#connector() });
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
    if (how === 'answered') this.served += 1;
    if (how === 'suspect' || (this.#state === 'suspect' && this.inHand === 0)) this.#doubt();
    else if (this.#state === 'busy' && this.inHand === 0) this.#become('idle');
    else this.#changed(this);
  }

  /** What was wrong with what it sent after its answer, if anything: known a turn of the event loop after the answer's end. */
  get garbage(): Error | undefined {
    for (const { errored } of this.#sockets) if (errored && isGarbage(errored)) return errored;
    return undefined;
  }

  /** Has it finish what it has in hand and end; resolves when another process has taken its place. */
  async replace(): Promise<void> {
    const deadline = performance.now() + REPLACED_WITHIN;
    const until = async (isSo: () => boolean) => {
      while (!isSo()) {
        if (performance.now() > deadline) throw new Error(`${this.id} was not replaced; its log may say why`);
        await delay(20);
      }
    };
    this.#leaving = this.pid;
    this.#become('draining');
    try {
      await until(() => this.inHand === 0);
      await this.#ask({ [ORDER_HEADER]: 'end' });
      await until(() => this.pid !== this.#leaving && isUp(this.#state));
    } finally {
      this.#leaving = undefined;
    }
  }

  /** Ends the connections, those with a letter in hand once that is done. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#nudge();
    this.#become('draining');
    await Promise.all([this.pool.close(), this.#health.destroy()]);
  }

  #connector(): buildConnector.connector {
    const connect = buildConnector({});
    return (options, done) =>
      connect(options, (...[error, socket]) => {
        if (error) return done(error, null);
        this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket)));
        done(null, socket);
      });
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
      stateChanges.add(1, { [ATTR_WORKER_ID]: this.id, [ATTR_WORKER_STATE]: state });
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

  async #ask(headers: Record<string, string> = {}): Promise<Health | 'refused' | 'silent'> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(ASK_TIMEOUT), this.#closed.signal]);
      const { body } = await this.#health.request({ method: 'GET', path: '/healthz', headers, signal });
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
      if (health.draining || this.#leaving === health.pid) this.#become('draining');
      else if (!isUp(this.#state) && this.inHand === 0 && (health.inHand ?? 0) === 0) this.#become('idle');
    }
  }

  #introduce({ worker, pid }: Health): void {
    if (this.pid === pid) return;
    if (this.pid !== 0) restarts.add(1, { [ATTR_WORKER_ID]: worker });
    this.id = worker;
    this.pid = pid;
    this.since = Date.now();
    this.served = 0;
  }
}

/** Whether what a worker sent was not HTTP as it should be: wrong bytes, or too many. Else its connection broke. */
export function isGarbage(error: Error & { code?: string }): boolean {
  const code = String(error.code);
  const isRefused = error.name === 'HTTPParserError' || /^UND_ERR_(RES_|HEADERS_OVERFLOW)/.test(code);
  return isRefused || error.message === 'bad response'; // undici's words for bytes that no request asked for
}

/** Whether a worker in this state is at work: given letters, or about to be. */
export function isUp(state: State): boolean {
  return state === 'idle' || state === 'busy';
}
