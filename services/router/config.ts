// The variables of the routers.

import type { Listening } from '../../runtime/net/listen.ts';
import { allowedHosts, host, port, readSettings, type SettingTable, text } from '../../runtime/settings.ts';
import { type AddressMap, readAddressMap } from '../addresses/map.ts';
import { type Router, readRouters } from './routes.ts';

export type RouterConfig = ReturnType<typeof readConfig>;

const ROUTES = 'services/router/routes.txt';
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
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that the control port accepts'),
} satisfies SettingTable;

/** Reads the routers' configuration. Throws an Error that lists every wrong value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
  const routers = readRouters(ROUTES);
  const addresses = readAddressMap(read.WAYBILL_ADDRESSES, environment);
  const names = read.WAYBILL_ROUTERS ? read.WAYBILL_ROUTERS.split(',').map((name) => name.trim()) : undefined;
  const { WAYBILL_HOST: host, WAYBILL_ROUTER_CONTROL_PORT: controlPort } = read;
  return {
    run: routersToRun(names, { routers, addresses, host }),
    control: { host, port: controlPort, variable: 'WAYBILL_ROUTER_CONTROL_PORT' },
    /** Host names that the control port accepts. */
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    routers: routers as ReadonlyMap<string, Router>,
    addresses,
    /** Times in ms: until the header is received, until the next hop accepts, and without a byte. */
    headerTimeout: 2000,
    connectTimeout: 500,
    idle: 300_000,
    /** For how many ms a next hop that failed is tried last; a real routing protocol takes seconds to minutes to avoid it. */
    holdDown: 2000,
    /** Further ones are closed at once. */
    connections: 1000,
  };
}

/** The routers that `names` selects (all, unless given); each listens at the port that the address map has for its address. */
function routersToRun(
  names: string[] | undefined,
  { routers, addresses, host }: { routers: Map<string, Router>; addresses: AddressMap; host: string },
): { router: Router; listening: Listening }[] {
  const unknown = names?.find((name) => !routers.has(name));
  if (unknown !== undefined)
    throw new Error(`WAYBILL_ROUTERS: expected names of ${[...routers.keys()].join(', ')}, got "${unknown}".`);
  return [...routers.values()].flatMap((router) => {
    if (names !== undefined && !names.includes(router.name)) return [];
    const found = addresses.locate(router.address.host, router.address.port);
    if (found === undefined && names === undefined) return [];
    if (found === undefined)
      throw new Error(`The router ${router.name} has no address in the file of WAYBILL_ADDRESSES: add a line for it.`);
    const variable = `WAYBILL_ROUTER_${router.name.toUpperCase()}_PORT`;
    return [{ router, listening: { host, port: found.port, variable } }];
  });
}
