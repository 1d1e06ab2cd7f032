// The pool of workers: found from a list or by name, asked again regularly, handed out to the request that is next.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { untraced } from '../../otel/untraced.ts';
import { log } from '../../runtime/log.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import { SOON, Worker } from './worker.ts';
import { isUp } from './worker-states.ts';

/** How often names are looked up again, in ms. */
const LOOK_UP_EVERY = 1000;
/** How long a worker that is replaced may show nothing of its next process, in ms: on a busy machine, Node's own start takes long. */
const SILENT_MS = 60_000;
/** After so many processes that failed to start, the next is not waited for. */
const MAX_FAILED_STARTS = 3;

/** All addresses of a name; rejects when it cannot be asked. */
export type LookUp = (host: string) => Promise<string[]>;

export type PoolConfig = { workerAddresses: Endpoint[]; workerConcurrency: number; settings: { workers: number } };

/** Keeps the table; `onFree` is called whenever a worker may have become free. Names are asked of the machine's resolver. */
export class WorkerPool {
  readonly #config: PoolConfig;
  readonly #onFree: () => void;
  readonly #lookUpName: LookUp;
  /** By address, in the order in which they are given requests: who has rested longest is first. */
  readonly #workers = new Map<string, Worker>();
  readonly #timer: NodeJS.Timeout;

  constructor(config: PoolConfig, onFree: () => void, lookUpName: LookUp = askMachine) {
    this.#config = config;
    this.#onFree = onFree;
    this.#lookUpName = lookUpName;
    this.#timer = setInterval(() => void this.#lookUp(), LOOK_UP_EVERY);
    void this.#lookUp();
  }

  /** All that are known, in the order of their ids. */
  get workers(): Worker[] {
    return [...this.#workers.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  }

  /** A free worker, which then has one request more in hand; undefined when all are busy. */
  acquire(): Worker | undefined {
    for (const worker of this.#working()) {
      if (!worker.isFree) continue;
      this.#workers.delete(worker.origin); // to the end of the row
      this.#workers.set(worker.origin, worker);
      worker.acquire();
      return worker;
    }
    return undefined;
  }

  /** Those who are given requests, who has rested longest first; with a setting for fewer, the first that are up. */
  #working(): Iterable<Worker> {
    const { workers } = this.#config.settings;
    if (workers >= this.#workers.size) return this.#workers.values();
    return this.workers.filter(({ state }) => isUp(state)).slice(0, workers);
  }

  /** Replaces all workers, one after another, each once its hands are empty. Throws when nobody takes the place of one. */
  async reload(): Promise<{ replaced: string[] }> {
    const replaced: string[] = [];
    for (const process of this.workers.map((worker) => worker.process)) {
      const worker = this.#find(process);
      if (!worker) continue; // it went by itself
      await this.#replace(worker);
      replaced.push(worker.id);
    }
    return { replaced };
  }

  /** Who takes its place may have another address: a name leads to nobody while a container starts again. */
  async #replace(worker: Worker): Promise<void> {
    const { id, process } = worker;
    const began = performance.now();
    const shownAt = () => Math.max(began, ...this.workers.map(({ startingAt }) => startingAt));
    const isLate = () => performance.now() > shownAt() + SILENT_MS;
    const up = () => this.workers.filter((each) => isUp(each.state) && each.process !== process).length;
    const wanted = up() + 1;
    worker.failedStarts.clear();
    try {
      await worker.end(isLate);
      while (this.#find(process) || up() < wanted) {
        if (worker.failedStarts.size >= MAX_FAILED_STARTS) {
          throw new Error(`${id} has failed to start ${MAX_FAILED_STARTS} times; its log says why`);
        }
        if (isLate()) throw new Error(`${id} was not replaced; its log may say why`);
        await delay(SOON);
      }
    } finally {
      worker.stay();
    }
  }

  #find(process: string): Worker | undefined {
    return this.workers.find((worker) => worker.process === process);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  async #lookUp(): Promise<void> {
    const found = await Promise.all(this.#config.workerAddresses.map((each) => this.#addresses(each)));
    if (found.includes(undefined)) return; // a name that cannot be asked now says nothing about its workers
    const wanted = new Map(found.flat().map((each) => [`http://${authority(each as Endpoint)}`, each as Endpoint]));
    for (const [origin, worker] of this.#workers) {
      if (wanted.has(origin)) continue;
      this.#workers.delete(origin);
      void worker.close();
    }
    for (const [origin, endpoint] of wanted) {
      if (!this.#workers.has(origin)) this.#workers.set(origin, this.#open(endpoint));
    }
  }

  async #addresses({ host, port }: Endpoint): Promise<Endpoint[] | undefined> {
    if (isIP(host) !== 0) return [{ host, port }];
    try {
      return (await this.#lookUpName(host)).map((address) => ({ host: address, port }));
    } catch (error) {
      log.debug({ err: error, host }, 'workers not found by name');
      return undefined;
    }
  }

  #open(endpoint: Endpoint): Worker {
    return new Worker(endpoint, this.#config.workerConcurrency, (worker) => {
      if (worker.isFree) this.#onFree();
    });
  }
}

async function askMachine(host: string): Promise<string[]> {
  const found = await untraced(() => lookup(host, { all: true, family: 4 }));
  return found.map(({ address }) => address);
}
