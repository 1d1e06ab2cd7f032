// Selects the next hop: the lowest cost first, equal costs in rotation, next hops that failed lately last.

import { type Route, type Router, routesFor } from './routes.ts';

/** A candidate next hop, and why it has this place in the order. */
export type NextHop = { route: Route; why: string };

export class RouteSelector {
  readonly #router: Router;
  readonly #holdDown: number;
  readonly #now: () => number;
  readonly #downUntil = new Map<string, number>();
  readonly #rotations = new Map<string, number>();

  /** `holdDown`: for how many ms a next hop that failed is tried last. `now` gives ms. */
  constructor(router: Router, { holdDown, now = () => performance.now() }: { holdDown: number; now?: () => number }) {
    this.#router = router;
    this.#holdDown = holdDown;
    this.#now = now;
  }

  /** The next hops for a connection to `address`, in the order in which to try them; none when no route matches. */
  candidateHops(address: string): NextHop[] {
    const routes = routesFor(address, this.#router);
    const down = routes.filter((route) => this.#isDown(route));
    const up = routes.filter((route) => !down.includes(route));
    return [
      ...this.#inOrder(up, down.length > 0 ? `${down.map(hopName).join(', ')} is down` : undefined),
      ...this.#inOrder(down, 'all next hops were down'),
    ];
  }

  /** Records that `route`'s next hop did not accept a connection. */
  markDown(route: Route): void {
    this.#downUntil.set(hopName(route), this.#now() + this.#holdDown);
  }

  #inOrder(routes: readonly Route[], because?: string): NextHop[] {
    const costs = [...new Set(routes.map(({ cost }) => cost))].sort((a, b) => a - b);
    return costs.flatMap((cost) => {
      const equal = routes.filter((route) => route.cost === cost);
      const reason =
        equal.length > 1
          ? `one of ${equal.length} equal-cost routes, in rotation`
          : routes.length > 1
            ? 'the lowest cost'
            : 'the only route';
      return this.#rotated(equal).map((route) => ({ route, why: because ?? reason }));
    });
  }

  #rotated(equal: Route[]): Route[] {
    if (equal.length === 1) return equal;
    const key = equal.map(hopName).join(' ');
    const first = (this.#rotations.get(key) ?? 0) % equal.length;
    this.#rotations.set(key, first + 1);
    return [...equal.slice(first), ...equal.slice(0, first)];
  }

  #isDown(route: Route): boolean {
    return (this.#downUntil.get(hopName(route)) ?? 0) > this.#now();
  }
}

/** The name of a route's next hop: a router's, or `destination`. */
export function hopName({ next }: Route): string {
  return 'router' in next ? next.router : 'destination';
}
