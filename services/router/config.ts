// Every variable that the post offices read.

import { host, port, str } from 'envalid';
import { count, hostNames, milliseconds, readEnvironment } from '../../runtime/environment.ts';
import type { Listening } from '../../runtime/net/listen.ts';
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

/** Reads the offices' configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): RouterConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; nobody else is let in by default' }),
    WAYBILL_ROUTES: str({ default: 'services/router/routes.txt', desc: 'the offices and their routing tables' }),
    WAYBILL_OFFICES: str({
      default: '',
      desc: 'the offices that this process runs, with commas; all that are on the map, unless set',
    }),
    WAYBILL_ADDRESSES: str({ default: 'services/addresses/addresses.local', desc: "the lab's map of the world" }),
    WAYBILL_ROUTER_CONTROL_PORT: port({ default: 8300, desc: 'the private control port' }),
    WAYBILL_ALLOWED_HOSTS: hostNames({ default: [], desc: 'names by which the control port may be asked' }),
    WAYBILL_ROUTER_HEADER_TIMEOUT: milliseconds({ default: 2000, desc: "ms until a letter's header must be whole" }),
    WAYBILL_ROUTER_CONNECT_TIMEOUT: milliseconds({ default: 500, desc: 'ms until the next office counts as closed' }),
    WAYBILL_ROUTER_HOLD_DOWN: milliseconds({
      default: 2000,
      least: 0,
      desc: 'ms for which an office found closed is gone around (0: it is not); a real routing protocol takes seconds to minutes',
    }),
    WAYBILL_ROUTER_IDLE: milliseconds({ default: 300_000, desc: 'ms without a byte until a connection is cut' }),
    WAYBILL_ROUTER_CONNECTIONS: count({
      default: 1000,
      least: 1,
      most: 50_000,
      desc: 'connections open at once in each office',
    }),
  });
  const offices = readOffices(read.WAYBILL_ROUTES);
  const addresses = readAddressMap(read.WAYBILL_ADDRESSES, environment);
  const wanted = read.WAYBILL_OFFICES ? read.WAYBILL_OFFICES.split(',').map((name) => name.trim()) : undefined;
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
    headerTimeout: read.WAYBILL_ROUTER_HEADER_TIMEOUT,
    connectTimeout: read.WAYBILL_ROUTER_CONNECT_TIMEOUT,
    holdDown: read.WAYBILL_ROUTER_HOLD_DOWN,
    idle: read.WAYBILL_ROUTER_IDLE,
    connections: read.WAYBILL_ROUTER_CONNECTIONS,
  };
}

type World = { offices: Map<string, Office>; addresses: AddressMap; host: string };

/** An office listens at the port that the map has for its address; one that is not on the map is closed. */
function officesToRun(wanted: string[] | undefined, { offices, addresses, host }: World): RouterConfig['run'] {
  const unknown = wanted?.find((name) => !offices.has(name));
  if (unknown !== undefined)
    throw new Error(`WAYBILL_OFFICES names ${unknown}; there are: ${[...offices.keys()].join(', ')}`);
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
