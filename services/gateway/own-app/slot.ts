// One of the app's workers as the gateway counts them: it takes one request at a time. All of them are at the same address, and
// each request has a connection of its own, as with nginx: a server that closes an idle one loses no request by it.

import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';
import { signalGroup } from '../../../runtime/platform/end-process.ts';
import { Connections } from '../connections.ts';

export class Slot {
  readonly isOwnApp = true;
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly connections: Connections;
  served = 0;
  inHand = 0;
  /** The process of the app, where the lab started it. */
  readonly pid: number | undefined;
  readonly #onFree: (isFailed: boolean) => void;

  constructor(number: number, endpoint: Endpoint, pid: number | undefined, onFree: (isFailed: boolean) => void) {
    this.id = `my-${number}`;
    this.endpoint = endpoint;
    this.origin = `http://${authority(endpoint)}`;
    this.connections = new Connections(this.origin, 1, () => {});
    this.pid = pid;
    this.#onFree = onFree;
  }

  /** Ends the app with all processes that it has started, where the lab started it; it is restarted. */
  kill(): void {
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
  }

  /** Its request has ended. */
  release(outcome: 'answered' | 'closing' | 'failed'): void {
    this.inHand -= 1;
    if (outcome !== 'failed') this.served += 1;
    this.#onFree(outcome === 'failed');
  }
}
