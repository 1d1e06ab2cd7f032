// Selects the next hop: the lowest cost first, equal costs in rotation, next hops that failed recently last.

import { type Route, type Router, routesFor } from './routes.ts';

/** A candidate next hop, and why it has this place in the order. */
export type NextHop = { route: Route; why: string };

/** Makes the selector of a router. `holdDown`: for how many ms a next hop that failed is tried last; `now` returns ms. */
export function createSelector(
  router: Router,
  { holdDown, now = () => performance.now() }: { holdDown: number; now?: () => number },
) {
  const downUntil = new Map<string, number>();
  const rotations = new Map<string, number>();

  function inOrder(routes: readonly Route[], because?: string): NextHop[] {
    const costs = [...new Set(routes.map(({ cost }) => cost))].sort((a, b) => a - b);
    return costs.flatMap((cost) => {
      const equal = routes.filter((route) => route.cost === cost);
      const reason =
        equal.length > 1
          ? `one of ${equal.length} equal-cost routes, in rotation`
          : routes.length > 1
            ? 'the lowest cost'
            : 'the only route';
      return rotated(equal).map((route) => ({ route, why: because ?? reason }));
    });
  }

  function rotated(equal: Route[]): Route[] {
    const key = equal.map(hopName).join(' ');
    const first = (rotations.get(key) ?? 0) % equal.length;
    rotations.set(key, first + 1);
    return [...equal.slice(first), ...equal.slice(0, first)];
  }

  return {
    /** The next hops for a connection to `address`, in the order in which to try them; none if no route matches. */
    candidateHops(address: string): NextHop[] {
      const routes = routesFor(address, router);
      const down = routes.filter((route) => (downUntil.get(hopName(route)) ?? 0) > now());
      const up = routes.filter((route) => !down.includes(route));
      return [
        ...inOrder(up, down.length > 0 ? `${down.map(hopName).join(', ')} is down` : undefined),
        ...inOrder(down, 'all next hops were down'),
      ];
    },
    /** Records that the next hop of `route` did not accept a connection. */
    markDown(route: Route): void {
      downUntil.set(hopName(route), now() + holdDown);
    },
  };
}

/** The name of a route's next hop: a router's, or `destination`. */
export function hopName({ next }: Route): string {
  return 'router' in next ? next.router : 'destination';
}
