// Which Host the app gets. It is the one that the client sent, unless the app refuses that name (Django's ALLOWED_HOSTS, Vite's
// server.allowedHosts): then its own address, as nginx sends without `proxy_set_header Host`.

import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';
import { hostName, OWN_APP_HOSTS } from '../../../runtime/own-app-hosts.ts';
import { statusOf } from './probe.ts';

/** What servers answer to a Host that they do not accept: Django, Vite, RFC 9110. */
const REFUSALS: readonly (number | string)[] = [400, 403, 421];

/** A server may listen before its workers have started: then it answers late. */
const MAX_TRIES = 4;

export class HostNames {
  readonly #endpoint: Endpoint;
  #refused: string[] = [];
  #status: number | string = 0;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** Sends HEAD / with each name, and with the app's own address where one is refused. */
  async probe(): Promise<void> {
    const status = async (host: string) => {
      let found: number | string = '';
      for (let tries = 0; tries < MAX_TRIES && typeof found === 'string'; tries++) {
        found = await statusOf(this.#endpoint, { method: 'HEAD', path: '/', host });
      }
      return found;
    };
    const statuses = await Promise.all(OWN_APP_HOSTS.map(status));
    const refused = OWN_APP_HOSTS.filter((_, index) => REFUSALS.includes(statuses[index] ?? 0));
    const isOther = refused.length > 0 && !REFUSALS.includes(await status(authority(this.#endpoint)));
    this.#refused = isOther ? refused : [];
    this.#status = statuses.find((each) => REFUSALS.includes(each)) ?? 0;
  }

  /** The Host for the app, of a request with `host`. */
  sent(host: string): string {
    return this.#refused.includes(hostName(host)) ? authority(this.#endpoint) : host;
  }

  /** What to do where the app refuses a name. */
  get hint(): string | undefined {
    if (this.#status === 0) return undefined;
    const isReplaced = this.#refused.length > 0;
    const names = isReplaced ? this.#refused : OWN_APP_HOSTS;
    const until = isReplaced
      ? ` Until then it gets Host: ${authority(this.#endpoint)}, and forms may be refused (CSRF).`
      : '';
    return `Your app answers ${this.#status} to Host: ${names.join(' and ')}. In Django's settings.py: ALLOWED_HOSTS += [${names.map((name) => `'${name}'`).join(', ')}].${until}`;
  }
}
