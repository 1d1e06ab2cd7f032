// One worker as the gateway sees it: its process, and whether it may get a request (its states: worker-states.ts).
// State and pid come from GET /healthz, polled often while the worker is not up, and once a second while it is.

import { setTimeout as delay } from 'node:timers/promises';
import { ATTR_WORKER_ID, ATTR_WORKER_STATE } from '../../otel/contract/names.ts';
import { COMMAND_HEADER } from '../../otel/propagation/http.ts';
import { log } from '../../runtime/log.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import { unixSocketOf } from '../../runtime/net/unix-socket.ts';
import { Connections } from './connections.ts';
import { type Health, HealthCheck, type NoHealth } from './health.ts';
import { restarts, stateChanges } from './metrics.ts';
import { type Event, isUp, type State, transition } from './worker-states.ts';

/** How often GET /healthz is sent, in ms: while the worker is not up, and while it is. */
const DOWN_INTERVAL_MS = 50;
const UP_INTERVAL_MS = 1000;
/** How often a condition that is waited for is checked, in ms. */
export const POLL_MS = 20;

type WorkerOptions = {
  limit: number;
  onChange: (worker: Worker) => void;
  probeHeaders?: (() => Record<string, string>) | undefined;
  sockets?: string | undefined;
};

export class Worker {
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly connections: Connections;
  /** Its name; its address until it is identified. */
  id: string;
  pid = 0;
  /** The release of the site that it runs; null for the working tree. */
  siteRelease: string | null = null;
  /** When this process was first seen, in ms since 1970. */
  since = 0;
  /** Requests that it has answered, and those in progress. */
  served = 0;
  inHand = 0;
  /** When it last showed that it is starting, as performance.now(); and its processes that have failed to start. */
  startingAt = 0;
  readonly failedStarts = new Set<string>();
  #state: State = 'starting';
  #isClosed = false;
  #process = '';
  /** The process that was commanded to end, during a restart. */
  #stopping: string | undefined;
  #checkNow = () => {};
  readonly #limit: number;
  readonly #health: HealthCheck;
  readonly #onChange: (worker: Worker) => void;
  readonly #probeHeaders: () => Record<string, string>;

  /**
   * It gets at most `limit` requests at once; `onChange` is called when one has ended, and after each change of state but by `acquire`;
   * `probeHeaders` go with each health check; `sockets` is the folder of Unix sockets, if there is one.
   */
  constructor(endpoint: Endpoint, { limit, onChange, probeHeaders = () => ({}), sockets = '' }: WorkerOptions) {
    this.#probeHeaders = probeHeaders;
    this.endpoint = endpoint;
    this.id = authority(endpoint);
    this.origin = `http://${this.id}`;
    this.#limit = limit;
    this.#onChange = onChange;
    const unixSocket = () => unixSocketOf(sockets, endpoint);
    this.connections = new Connections(this.origin, limit, () => this.#handle('disconnected'), unixSocket);
    this.#health = new HealthCheck(this.origin);
    void this.#poll();
  }

  /** Identifies its process among all others; empty until a health check was answered. */
  get process(): string {
    return this.#process;
  }

  get isIdentified(): boolean {
    return this.#process !== '';
  }

  get state(): State {
    return this.#state;
  }

  get isFree(): boolean {
    return this.#state === 'idle' || (this.#state === 'busy' && this.inHand < this.#limit);
  }

  /** Counts one request more. */
  acquire(): void {
    this.inHand += 1;
    this.#handle('assigned');
  }

  /** Counts one request less. Unless it was `answered` on a connection that stays open, the health of the worker is checked. */
  release(outcome: 'answered' | 'closing' | 'failed'): void {
    this.inHand -= 1;
    if (outcome !== 'failed') this.served += 1;
    if (outcome !== 'answered') this.#handle('failed');
    else this.#handle(this.inHand === 0 ? 'done' : 'answered');
  }

  /** Commands its process to end once no request is in progress; resolves then, or when `isLate`. */
  async stop(isLate: () => boolean): Promise<void> {
    this.#stopping = this.#process;
    this.#handle('draining');
    while (this.inHand > 0 && !isLate()) await delay(POLL_MS);
    if (this.inHand === 0 && this.#process === this.#stopping) await this.#health.check({ [COMMAND_HEADER]: 'end' });
  }

  /** Ends the wait for its process to end: if it did not, it gets requests again. */
  cancelRestart(): void {
    this.#stopping = undefined;
  }

  /** Sends it no more requests; resolves when those in progress are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#handle('draining');
    this.#checkNow();
    await Promise.all([this.connections.close(), this.#health.close()]);
  }

  #handle(event: Event): void {
    const next = transition(this.#state, event);
    if (next === undefined) return;
    const before = this.#state;
    this.#state = next.state;
    if (before !== this.#state && !(isUp(before) && isUp(this.#state))) this.#report(before);
    if (next.checkNow) this.#checkNow();
    // An acquired worker that can take more is not free anew: the queue would acquire it for the same request again.
    if (event !== 'assigned') this.#onChange(this);
  }

  #report(before: State): void {
    if (this.#state === 'starting') this.startingAt = performance.now();
    if (this.isIdentified) stateChanges.add(1, { [ATTR_WORKER_ID]: this.id, [ATTR_WORKER_STATE]: this.#state });
    log.info({ worker: this.id, workerPid: this.pid, before, state: this.#state }, 'worker changed state');
  }

  /** Sends a health check; resolves with its answer. */
  checkHealth(): Promise<Health | NoHealth> {
    return this.#health.check(this.#probeHeaders());
  }

  async #poll(): Promise<void> {
    while (!this.#isClosed) {
      const health = await this.checkHealth();
      if (!this.#isClosed) this.#apply(health);
      const checkNow = new Promise<void>((resolve) => {
        this.#checkNow = resolve;
      });
      await Promise.race([checkNow, delay(isUp(this.#state) ? UP_INTERVAL_MS : DOWN_INTERVAL_MS)]);
    }
  }

  #apply(health: Health | NoHealth): void {
    if (health === 'silent') this.#handle('silent');
    else if (health === 'refused') {
      if (this.inHand === 0 && this.isIdentified) this.#handle('refused');
    } else this.#applyReport(health);
  }

  #applyReport(health: Health): void {
    this.#identify(health);
    if (health.starting) {
      this.startingAt = performance.now();
      if (health.failed) this.failedStarts.add(this.#process);
      this.#handle('starting');
    } else if (health.draining || this.#stopping === this.#process) this.#handle('draining');
    else if (this.inHand === 0 && !health.inHand) {
      this.failedStarts.clear();
      this.#handle('ready');
    }
  }

  #identify({ worker, pid, started, release = null }: Health): void {
    const process = `${worker} ${pid} ${started}`;
    if (this.#process === process) return;
    if (this.isIdentified) restarts.add(1, { [ATTR_WORKER_ID]: worker });
    this.#process = process;
    this.id = worker;
    this.pid = pid;
    this.siteRelease = release;
    this.since = Date.now();
    this.served = 0;
  }
}
