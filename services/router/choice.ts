// Which way next? The cheapest, equal ones by turns, and those that were found closed lately last.

import { type Office, type Route, routesFor } from './routes.ts';

/** A way that may be tried, and why it stands where it does. */
export type NextHop = { route: Route; why: string };

export class Choice {
  readonly #office: Office;
  readonly #holdDown: number;
  readonly #now: () => number;
  readonly #closedUntil = new Map<string, number>();
  readonly #turns = new Map<string, number>();

  /** `holdDown`: for how many ms a way that was found closed is passed over. `now` gives ms. */
  constructor(office: Office, { holdDown, now = () => performance.now() }: { holdDown: number; now?: () => number }) {
    this.#office = office;
    this.#holdDown = holdDown;
    this.#now = now;
  }

  /** The ways for a letter to `address`, in the order in which to try them; none when no line of the table fits. */
  nextHopsTo(address: string): NextHop[] {
    const routes = routesFor(address, this.#office);
    const [closed, open] = [
      routes.filter((route) => this.#isClosed(route)),
      routes.filter((route) => !this.#isClosed(route)),
    ];
    const passedOver = closed.map(nameOf).join(', ');
    return [
      ...this.#inOrder(open, passedOver && `gone around ${passedOver}`),
      ...this.#inOrder(closed, 'all ways seem closed'),
    ];
  }

  /** Notes that nobody opened there. */
  foundClosed(route: Route): void {
    this.#closedUntil.set(nameOf(route), this.#now() + this.#holdDown);
  }

  #inOrder(routes: readonly Route[], because: string): NextHop[] {
    const costs = [...new Set(routes.map(({ cost }) => cost))].sort((a, b) => a - b);
    return costs.flatMap((cost) => {
      const equal = routes.filter((route) => route.cost === cost);
      const reason =
        equal.length > 1
          ? `one of ${equal.length} equal ways, by turns`
          : routes.length > 1
            ? 'the cheapest way'
            : 'the only way';
      return this.#rotated(equal).map((route) => ({ route, why: because || reason }));
    });
  }

  #rotated(equal: Route[]): Route[] {
    if (equal.length === 1) return equal;
    const key = equal.map(nameOf).join(' ');
    const turn = (this.#turns.get(key) ?? 0) % equal.length;
    this.#turns.set(key, turn + 1);
    return [...equal.slice(turn), ...equal.slice(0, turn)];
  }

  #isClosed(route: Route): boolean {
    return (this.#closedUntil.get(nameOf(route)) ?? 0) > this.#now();
  }
}

/** What the next hop of a route is called: an office's name, or `mailbox`. */
export function nameOf({ next }: Route): string {
  return 'office' in next ? next.office : 'mailbox';
}
