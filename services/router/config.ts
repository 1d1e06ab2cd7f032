// Every variable that the post offices read.

import type { Listening } from '../../runtime/net/listen.ts';
import { host, hostNames, port, readSettings, type SettingTable, text } from '../../runtime/settings.ts';
import { type AddressMap, readAddressMap } from '../addresses/map.ts';
import type { OfficeOptions } from './office.ts';
import { type Office, readOffices } from './routes.ts';

export type RouterConfig = OfficeOptions & {
  /** The offices that this process runs. */
  run: { office: Office; listening: Listening }[];
  control: Listening;
  /** Names by which the control port may be asked. */
  allowedHosts: string[];
};

const ROUTES = 'services/router/routes.txt';
/** Times in ms. A real routing protocol takes seconds to minutes until it goes around a router that is down (holdDown). */
const BOUNDS = { headerTimeout: 2000, connectTimeout: 500, holdDown: 2000, idle: 300_000, connections: 1000 };

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; loopback by default' }),
  WAYBILL_ROUTERS: text({
    default: '',
    description: 'the offices that this process runs, with commas; all that are on the map, unless set',
  }),
  WAYBILL_ADDRESSES: text({
    default: 'services/addresses/addresses.local',
    description: 'the map: at which port each office listens, and where the mailboxes are',
  }),
  WAYBILL_ROUTER_CONTROL_PORT: port({ default: 8300, description: 'the private control port' }),
  WAYBILL_ALLOWED_HOSTS: hostNames({
    default: [],
    description:
      'names by which the control port may be asked, with commas, besides addresses, `localhost` and names without dots',
  }),
} satisfies SettingTable;

/** Reads the offices' configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): RouterConfig {
  const read = readSettings(SETTINGS, environment);
  const offices = readOffices(ROUTES);
  const addresses = readAddressMap(read.WAYBILL_ADDRESSES, environment);
  const wanted = read.WAYBILL_ROUTERS ? read.WAYBILL_ROUTERS.split(',').map((name) => name.trim()) : undefined;
  return {
    run: officesToRun(wanted, { offices, addresses, host: read.WAYBILL_HOST }),
    control: {
      host: read.WAYBILL_HOST,
      port: read.WAYBILL_ROUTER_CONTROL_PORT,
      variable: 'WAYBILL_ROUTER_CONTROL_PORT',
    },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    offices,
    addresses,
    ...BOUNDS,
  };
}

type World = { offices: Map<string, Office>; addresses: AddressMap; host: string };

/** An office listens at the port that the map has for its address; one that is not on the map is closed. */
function officesToRun(wanted: string[] | undefined, { offices, addresses, host }: World): RouterConfig['run'] {
  const unknown = wanted?.find((name) => !offices.has(name));
  if (unknown !== undefined)
    throw new Error(`WAYBILL_ROUTERS names ${unknown}; there are: ${[...offices.keys()].join(', ')}`);
  return [...offices.values()].flatMap((office) => {
    const place = addresses.locate(office.address.host, office.address.port);
    if (wanted !== undefined && !wanted.includes(office.name)) return [];
    if (place === undefined) {
      if (wanted === undefined) return [];
      throw new Error(`The office ${office.name} is not on the map: see WAYBILL_ADDRESSES`);
    }
    const variable = `WAYBILL_ROUTER_${office.name.toUpperCase()}_PORT`;
    return [{ office, listening: { host, port: place.port, variable } }];
  });
}
