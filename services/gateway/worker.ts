// One worker as the gateway sees it: what it is, and whether it may be given a request (its states: worker-states.ts).
// State and pid are learnt from GET /healthz, asked often while the worker is not up, and now and then while it is.

import { setTimeout as delay } from 'node:timers/promises';
import { ATTR_WORKER_ID, ATTR_WORKER_STATE } from '../../otel/contract/names.ts';
import { COMMAND_HEADER } from '../../otel/propagation/http.ts';
import { log } from '../../runtime/log.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import { Connections } from './connections.ts';
import { type Health, HealthCheck, type NoHealth } from './health.ts';
import { restarts, stateChanges } from './metrics.ts';
import { type Event, isUp, type State, transition } from './worker-states.ts';

/** How often GET /healthz is asked, in ms: while the worker is not up, and while it is. */
const ASK_AWAY = 50;
const ASK_UP = 1000;
/** How often what will be so soon is looked at, in ms. */
export const SOON = 20;

export class Worker {
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly connections: Connections;
  /** Until it has said its name, its address. */
  id: string;
  pid = 0;
  /** The release of the site that it runs; null for the working tree. */
  siteRelease: string | null = null;
  /** When this process was first met, in ms since 1970. */
  since = 0;
  /** Requests that it has answered, and that it has in hand. */
  served = 0;
  inHand = 0;
  /** When it last showed that it is starting, as performance.now(); and which of its processes have failed to start. */
  startingAt = 0;
  readonly failedStarts = new Set<string>();
  #state: State = 'starting';
  #isClosed = false;
  #process = '';
  /** The process that is told to end, while it is being replaced. */
  #leaving: string | undefined;
  #askNow = () => {};
  readonly #limit: number;
  readonly #health: HealthCheck;
  readonly #changed: (worker: Worker) => void;

  /** It may have `limit` requests at once; `changed` is called after each change of state, and when a request has left it. */
  constructor(endpoint: Endpoint, limit: number, changed: (worker: Worker) => void) {
    this.endpoint = endpoint;
    this.id = authority(endpoint);
    this.origin = `http://${this.id}`;
    this.#limit = limit;
    this.#changed = changed;
    this.connections = new Connections(this.origin, limit, () => this.#handle('disconnected'));
    this.#health = new HealthCheck(this.origin);
    void this.#watch();
  }

  /** Which process it is, told apart from all others; empty until it was met. */
  get process(): string {
    return this.#process;
  }

  get state(): State {
    return this.#state;
  }

  get isFree(): boolean {
    return this.#state === 'idle' || (this.#state === 'busy' && this.inHand < this.#limit);
  }

  /** It is given a request. */
  acquire(): void {
    this.inHand += 1;
    this.#handle('assigned');
  }

  /**
   * It has done with a request: `answered`; `leaving`: answered, and the connection closed with it; `suspect`: not.
   * In the last two cases the worker must answer for itself before it is given the next.
   */
  release(how: 'answered' | 'leaving' | 'suspect'): void {
    this.inHand -= 1;
    if (how !== 'suspect') this.served += 1;
    if (how !== 'answered') this.#handle('failed');
    else this.#handle(this.inHand === 0 ? 'done' : 'answered');
  }

  /** Has its process finish what it has in hand, and end; resolves when it was told, or `isOver` before it could be. */
  async end(isOver: () => boolean): Promise<void> {
    this.#leaving = this.#process;
    this.#handle('draining');
    while (this.inHand > 0 && !isOver()) await delay(SOON);
    if (this.inHand === 0 && this.#process === this.#leaving) await this.#health.ask({ [COMMAND_HEADER]: 'end' });
  }

  /** It is not waited for any longer: if it did not end, it is given requests again. */
  stay(): void {
    this.#leaving = undefined;
  }

  /** Leaves it alone: it is given no more requests; resolves when those in hand are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#handle('draining');
    this.#askNow();
    await Promise.all([this.connections.close(), this.#health.close()]);
  }

  #handle(event: Event): void {
    const next = transition(this.#state, event);
    if (next === undefined) return;
    const before = this.#state;
    this.#state = next.state;
    if (before !== this.#state && !(isUp(before) && isUp(this.#state))) this.#report(before);
    if (next.checkNow) this.#askNow();
    this.#changed(this);
  }

  #report(before: State): void {
    stateChanges.add(1, { [ATTR_WORKER_ID]: this.id, [ATTR_WORKER_STATE]: this.#state });
    log.info({ worker: this.id, workerPid: this.pid, before, state: this.#state }, 'worker changed state');
  }

  async #watch(): Promise<void> {
    while (!this.#isClosed) {
      const health = await this.#health.ask();
      if (!this.#isClosed) this.#learn(health);
      const asked = new Promise<void>((resolve) => {
        this.#askNow = resolve;
      });
      await Promise.race([asked, delay(isUp(this.#state) ? ASK_UP : ASK_AWAY)]);
    }
  }

  #learn(health: Health | NoHealth): void {
    if (health === 'silent') {
      this.#handle('silent');
      if (this.#state === 'starting') this.startingAt = performance.now();
    } else if (health === 'refused') {
      if (this.inHand === 0 && this.#process !== '') this.#handle('refused');
    } else {
      this.#introduce(health);
      if (health.starting) {
        this.startingAt = performance.now();
        if (health.failed) this.failedStarts.add(this.#process);
        this.#handle('starting');
      } else if (health.draining || this.#leaving === this.#process) this.#handle('draining');
      else if (this.inHand === 0 && !health.inHand) {
        this.failedStarts.clear();
        this.#handle('ready');
      }
    }
  }

  #introduce({ worker, pid, started, release = null }: Health): void {
    const process = `${worker} ${pid} ${started}`;
    if (this.#process === process) return;
    if (this.#process !== '') restarts.add(1, { [ATTR_WORKER_ID]: worker });
    this.#process = process;
    this.id = worker;
    this.pid = pid;
    this.siteRelease = release;
    this.since = Date.now();
    this.served = 0;
  }
}
