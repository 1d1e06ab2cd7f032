// The learner's own app behind the gateway: an address, how many requests it takes at once, and the queue before it. It need not
// know of the lab: a connection shows that it is up.

import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../../../runtime/log.ts';
import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';
import type { StaticFolder } from '../../../runtime/own-app-file.ts';
import { OWN_APP_HOSTS } from '../../../runtime/own-app-hosts.ts';
import type { Settings } from '../config.ts';
import { Queue } from '../queue.ts';
import { HostNames } from './host-names.ts';
import { checkHealth } from './probe.ts';
import { Slot } from './slot.ts';

/** How often it is checked whether the app is up, in ms: while it is not, and while it is. */
const DOWN_INTERVAL_MS = 500;
const UP_INTERVAL_MS = 5000;

/** `health`: a path to request; `program`: what the lab has started; `static`: what the proxy serves. */
type OwnAppConfig = {
  endpoint: Endpoint;
  workers: number;
  health?: string | undefined;
  program?: { pid: number; command: string } | undefined;
  static: StaticFolder[];
};

export class OwnApp {
  readonly config: OwnAppConfig;
  readonly queue: Queue<Slot>;
  readonly hosts: HostNames;
  readonly #slots: Slot[];
  readonly #settings: Settings;
  readonly #closed = new AbortController();
  #checkNow = new AbortController();
  /** Why it is not up; undefined while it is. */
  #reason: string | undefined = 'not checked yet';
  /** Resolves when it was checked for the first time, or has not answered within the timeout of a worker. */
  readonly checked: Promise<void>;

  constructor(config: OwnAppConfig, settings: Settings) {
    this.config = config;
    this.#settings = settings;
    const onFree = (isFailed: boolean) => {
      if (isFailed) this.#checkNow.abort();
      this.queue.serve();
    };
    const pid = config.program?.pid;
    this.#slots = Array.from(
      { length: config.workers },
      (_, index) => new Slot(index + 1, config.endpoint, pid, onFree),
    );
    this.queue = new Queue<Slot>(() => this.#acquire(), settings);
    this.hosts = new HostNames(config.endpoint);
    const first = this.#check();
    this.checked = Promise.race([first, delay(settings.timeout, undefined, { ref: false })]);
    void this.#watch(first);
  }

  /** What GET /app reports. */
  get report() {
    const { endpoint, workers, health = null, program, static: folders } = this.config;
    return {
      url: `http://${authority(endpoint)}`,
      sites: OWN_APP_HOSTS,
      workers,
      health,
      state: this.#reason === undefined ? 'up' : 'down',
      reason: this.#reason ?? null,
      hint: this.hosts.hint ?? null,
      command: program?.command ?? null,
      pid: program?.pid ?? null,
      static: folders,
      queue: this.queue.depth,
      inHand: this.#slots.reduce((sum, { inHand }) => sum + inHand, 0),
      served: this.#slots.reduce((sum, { served }) => sum + served, 0),
    };
  }

  /** It is checked no more; requests that wait for it are still answered. */
  retire(): void {
    this.#closed.abort();
  }

  /** Resolves when the requests in progress are answered; those that wait are not. */
  async close(): Promise<void> {
    this.retire();
    await Promise.all(this.#slots.map(({ connections }) => connections.close()));
  }

  /** Whether it was up when last checked: with a health check alone this decides; otherwise a request is the best check. */
  #acquire(): Slot | undefined {
    if (this.config.health !== undefined && this.#reason !== undefined) return undefined;
    const slot = this.#slots.slice(0, this.#settings.workers).find(({ inHand }) => inHand === 0);
    if (slot) slot.inHand += 1;
    return slot;
  }

  async #watch(first: Promise<void>): Promise<void> {
    await first;
    while (!this.#closed.signal.aborted) {
      this.#checkNow = new AbortController();
      const wait = this.#reason === undefined ? UP_INTERVAL_MS : DOWN_INTERVAL_MS;
      const signal = AbortSignal.any([this.#checkNow.signal, this.#closed.signal]);
      await delay(wait, undefined, { signal, ref: false }).catch(() => {});
      if (!this.#closed.signal.aborted) await this.#check();
    }
  }

  /** Checks now whether it is up; when it has come up, which names it answers to. */
  async #check(): Promise<void> {
    const { endpoint, health } = this.config;
    const reason = await checkHealth(endpoint, health);
    if (reason === undefined && this.#reason !== undefined) await this.hosts.probe();
    if (reason !== this.#reason) log.info({ app: authority(endpoint), reason }, 'own app changed state');
    this.#reason = reason;
    this.queue.serve();
  }
}
