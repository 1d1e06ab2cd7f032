// The pool of workers: their addresses from a list or by name, looked up regularly; it gives free workers to requests.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { untraced } from '../../otel/untraced.ts';
import { log } from '../../runtime/log.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import { POLL_MS, Worker } from './worker.ts';
import { isUp } from './worker-states.ts';

const LOOKUP_INTERVAL_MS = 1000;
/** How long a worker that is restarted may show no sign of its next process, in ms: on a busy machine, Node itself starts slowly. */
const SILENCE_MS = 60_000;
/** A restart fails after this number of processes that failed to start. */
const MAX_FAILED_STARTS = 3;

/** All addresses of a name; rejects when it cannot be resolved. */
export type ResolveName = (host: string) => Promise<string[]>;

export type PoolConfig = {
  workerAddresses: Endpoint[];
  workerConcurrency: number;
  /** The folder of Unix sockets; empty for none. */
  sockets?: string;
  settings: { workers: number };
  /** The headers of every health check. */
  probeHeaders?: () => Record<string, string>;
};

/** Keeps the table of workers; `onFree` is called whenever a worker may have become free. */
export class WorkerPool {
  readonly #config: PoolConfig;
  readonly #onFree: () => void;
  readonly #resolveName: ResolveName;
  readonly #silenceMs: number;
  /** By address, in the order in which they get requests: the one that is idle longest is first. */
  readonly #workers = new Map<string, Worker>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    config: PoolConfig,
    onFree: () => void,
    resolveName: ResolveName = resolveBySystem,
    silenceMs = SILENCE_MS,
  ) {
    this.#config = config;
    this.#onFree = onFree;
    this.#resolveName = resolveName;
    this.#silenceMs = silenceMs;
    this.#timer = setInterval(() => void this.#updateTable(), LOOKUP_INTERVAL_MS);
    void this.#updateTable();
  }

  /** All of the table, in the order of their ids. */
  get workers(): Worker[] {
    return [...this.#workers.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  }

  /** A free worker, which then counts one request more; undefined when all are busy. */
  acquire(): Worker | undefined {
    for (const worker of this.#enabled()) {
      if (!worker.isFree) continue;
      this.#workers.delete(worker.origin); // now it is the last in the order
      this.#workers.set(worker.origin, worker);
      worker.acquire();
      return worker;
    }
    return undefined;
  }

  /** The workers that get requests, the one that is idle longest first; with a setting for fewer, the first that are up. */
  #enabled(): Iterable<Worker> {
    const { workers } = this.#config.settings;
    if (workers >= this.#workers.size) return this.#workers.values();
    return this.workers.filter(({ state }) => isUp(state)).slice(0, workers);
  }

  /** Checks the health of every worker at once; resolves with the last answer. */
  async checkHealth(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.checkHealth()));
  }

  /** Restarts workers one by one, each when idle. Throws if a replacement does not come up. */
  async reload(): Promise<{ replaced: string[] }> {
    const replaced: string[] = [];
    for (const process of this.workers.map((worker) => worker.process)) {
      const worker = this.#find(process);
      if (!worker) continue; // it has ended by itself
      await this.#restart(worker);
      replaced.push(worker.id);
    }
    return { replaced };
  }

  /** The next process may have another address: while a container restarts, its name does not resolve. */
  async #restart(worker: Worker): Promise<void> {
    const { id, process } = worker;
    const began = performance.now();
    const lastSign = () => Math.max(began, ...this.workers.map(({ startingAt }) => startingAt));
    const isLate = () => performance.now() > lastSign() + this.#silenceMs;
    const countUp = () => this.workers.filter((each) => isUp(each.state) && each.process !== process).length;
    const wanted = countUp() + 1;
    worker.failedStarts.clear();
    try {
      await worker.stop(isLate);
      while (this.#find(process) || countUp() < wanted) {
        if (worker.failedStarts.size >= MAX_FAILED_STARTS) {
          throw new Error(`${id} failed to start ${MAX_FAILED_STARTS} times. Its log says why.`);
        }
        if (isLate()) {
          throw new Error(
            `${id} was not restarted: no sign of it for ${this.#silenceMs / 1000} s. Its log may say why.`,
          );
        }
        await delay(POLL_MS);
      }
    } finally {
      worker.cancelRestart();
    }
  }

  #find(process: string): Worker | undefined {
    return this.workers.find((worker) => worker.process === process);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  async #updateTable(): Promise<void> {
    let endpoints: Endpoint[];
    try {
      endpoints = (await Promise.all(this.#config.workerAddresses.map((each) => this.#resolve(each)))).flat();
    } catch (error) {
      return log.debug({ err: error }, 'name of workers not resolved'); // says nothing about the workers
    }
    const wanted = new Map(endpoints.map((each) => [`http://${authority(each)}`, each]));
    for (const [origin, worker] of this.#workers) {
      if (wanted.has(origin)) continue;
      this.#workers.delete(origin);
      void worker.close();
    }
    const onChange = (worker: Worker) => worker.isFree && this.#onFree();
    const { workerConcurrency, probeHeaders, sockets } = this.#config;
    for (const [origin, each] of wanted) {
      if (this.#workers.has(origin)) continue;
      this.#workers.set(origin, new Worker(each, { limit: workerConcurrency, onChange, probeHeaders, sockets }));
    }
  }

  async #resolve({ host, port }: Endpoint): Promise<Endpoint[]> {
    const addresses = isIP(host) === 0 ? await this.#resolveName(host) : [host];
    return addresses.map((address) => ({ host: address, port }));
  }
}

async function resolveBySystem(host: string): Promise<string[]> {
  const found = await untraced(() => lookup(host, { all: true, family: 4 }));
  return found.map(({ address }) => address);
}
