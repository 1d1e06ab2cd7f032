// The variables of the routers.

import type { Listening } from '../../runtime/net/listen.ts';
import { host, hostNames, port, readSettings, type SettingTable, text } from '../../runtime/settings.ts';
import { type AddressMap, readAddressMap } from '../addresses/map.ts';
import type { RouterOptions } from './router.ts';
import { type Router, readRouters } from './routes.ts';

export type RouterConfig = RouterOptions & {
  /** The routers that this process runs. */
  run: { router: Router; listening: Listening }[];
  control: Listening;
  /** Host names that the control port accepts. */
  allowedHosts: string[];
};

const ROUTES = 'services/router/routes.txt';
/** Times in ms. A real routing protocol takes seconds to minutes until it avoids a router that is down (holdDown). */
const BOUNDS = { headerTimeout: 2000, connectTimeout: 500, holdDown: 2000, idle: 300_000, connections: 1000 };

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; loopback by default' }),
  WAYBILL_ROUTERS: text({
    default: '',
    description:
      'names of the routers that this process runs, with commas; all that have an address in WAYBILL_ADDRESSES unless set',
  }),
  WAYBILL_ADDRESSES: text({
    default: 'services/addresses/addresses.local',
    description: 'the address map: where each router, and each site, listens',
  }),
  WAYBILL_ROUTER_CONTROL_PORT: port({ default: 8300, description: 'the private control port' }),
  WAYBILL_ALLOWED_HOSTS: hostNames({
    default: [],
    description:
      'Host names that the control port accepts, with commas, besides addresses, `localhost` and names without dots',
  }),
} satisfies SettingTable;

/** Reads the routers' configuration. Throws an Error that lists every wrong value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): RouterConfig {
  const read = readSettings(SETTINGS, environment);
  const routers = readRouters(ROUTES);
  const addresses = readAddressMap(read.WAYBILL_ADDRESSES, environment);
  const names = read.WAYBILL_ROUTERS ? read.WAYBILL_ROUTERS.split(',').map((name) => name.trim()) : undefined;
  return {
    run: routersToRun(names, { routers, addresses, host: read.WAYBILL_HOST }),
    control: {
      host: read.WAYBILL_HOST,
      port: read.WAYBILL_ROUTER_CONTROL_PORT,
      variable: 'WAYBILL_ROUTER_CONTROL_PORT',
    },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    routers,
    addresses,
    ...BOUNDS,
  };
}

/** The routers that `names` (all, unless given) selects; each listens at the port that the address map has for its address. */
function routersToRun(
  names: string[] | undefined,
  { routers, addresses, host }: { routers: Map<string, Router>; addresses: AddressMap; host: string },
): RouterConfig['run'] {
  const unknown = names?.find((name) => !routers.has(name));
  if (unknown !== undefined)
    throw new Error(`WAYBILL_ROUTERS: expected names of ${[...routers.keys()].join(', ')}, got "${unknown}".`);
  return [...routers.values()].flatMap((router) => {
    const found = addresses.locate(router.address.host, router.address.port);
    if (names !== undefined && !names.includes(router.name)) return [];
    if (found === undefined) {
      if (names === undefined) return [];
      throw new Error(`The router ${router.name} has no address in the file of WAYBILL_ADDRESSES: add a line for it.`);
    }
    const variable = `WAYBILL_ROUTER_${router.name.toUpperCase()}_PORT`;
    return [{ router, listening: { host, port: found.port, variable } }];
  });
}
