// Every variable that the phonebook reads.

import { EnvError, host, makeValidator, port, str } from 'envalid';
import { count, hostNames, milliseconds, readEnvironment } from '../../runtime/environment.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import { type AddressMap, readAddressMap } from '../addresses/map.ts';
import { FAULT_NAMES, type FaultName, type FaultTable, zoneAmounts } from './faults.ts';

export type ZoneConfig = { zone: string; file: string; listening: Listening };

export type DnsConfig = {
  /** The resolver's, UDP and TCP. */
  listening: Listening;
  control: Listening;
  /** Names by which the control port may be asked. */
  allowedHosts: string[];
  /** One authoritative server each, UDP and TCP. */
  zones: ZoneConfig[];
  addresses: AddressMap;
  /** The root server's address: the one thing that a resolver must know to begin with. */
  rootHint: string;
  /** How long an answer of a name server is waited for, in ms, and how often silence is asked. */
  timeout: number;
  tries: number;
  tcp: { connections: number; idle: number };
  /** What is broken on purpose. */
  faults: FaultTable;
};

/** The zones that this phonebook holds, and the variable of each one's port. */
const ZONES = {
  '.': 'WAYBILL_DNS_ROOT_PORT',
  'test.': 'WAYBILL_DNS_TEST_PORT',
  'tatis.test.': 'WAYBILL_DNS_TATIS_PORT',
  'djangogirls.test.': 'WAYBILL_DNS_DJANGOGIRLS_PORT',
} as const;

/** What is broken from the start: WAYBILL_DNS_FAULT_SLOW="tatis.test.=250,test.=50", and so for each fault. */
function readFaults(environment: NodeJS.ProcessEnv): FaultTable {
  const variable = (fault: FaultName) => `WAYBILL_DNS_FAULT_${fault.toUpperCase()}`;
  const specs = FAULT_NAMES.map((fault) => {
    const validator = makeValidator((text) => {
      try {
        return zoneAmounts(fault, text, Object.keys(ZONES));
      } catch (error) {
        throw new EnvError((error as Error).message);
      }
    });
    return [
      variable(fault),
      validator({ default: {}, desc: 'zone=amount, with commas; the fix: unset it, or DELETE /faults' }),
    ];
  });
  const read = readEnvironment(environment, Object.fromEntries(specs));
  return Object.fromEntries(FAULT_NAMES.map((fault) => [fault, read[variable(fault)]]));
}

/** Reads the phonebook's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): DnsConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; nobody else is let in by default' }),
    WAYBILL_DNS_PORT: port({ default: 1053, desc: 'the resolver; 53 would need root' }),
    WAYBILL_DNS_ROOT_PORT: port({ default: 1061, desc: "the root's name server, 198.51.100.1" }),
    WAYBILL_DNS_TEST_PORT: port({ default: 1062, desc: 'the name server of test., 198.51.100.2' }),
    WAYBILL_DNS_TATIS_PORT: port({ default: 1063, desc: 'the name server of tatis.test., 198.51.100.3' }),
    WAYBILL_DNS_DJANGOGIRLS_PORT: port({ default: 1064, desc: 'the name server of djangogirls.test., 198.51.100.4' }),
    WAYBILL_DNS_CONTROL_PORT: port({ default: 8153, desc: 'the private control port' }),
    WAYBILL_ALLOWED_HOSTS: hostNames({ default: [], desc: 'names by which the control port may be asked' }),
    WAYBILL_DNS_ZONES: str({ default: 'services/dns/zones', desc: 'the folder of the zone files' }),
    WAYBILL_DNS_ROOT: host({
      default: '198.51.100.1',
      desc: 'the address of the root server, where every walk begins',
    }),
    WAYBILL_ADDRESSES: str({ default: 'services/addresses/addresses.local', desc: "the lab's map of the world" }),
    WAYBILL_DNS_TIMEOUT: milliseconds({
      default: 300,
      desc: 'ms to wait for a name server; all tries together stay below what clients wait (dig: 5 s, the visitor: 3 s)',
    }),
    WAYBILL_DNS_TRIES: count({
      default: 3,
      least: 1,
      most: 100,
      desc: 'how often a name server that says nothing is asked',
    }),
    WAYBILL_DNS_TCP_CONNECTIONS: count({
      default: 100,
      least: 1,
      most: 50_000,
      desc: 'connections open at once on each port; more are closed',
    }),
    WAYBILL_DNS_TCP_IDLE: milliseconds({
      default: 10_000,
      desc: 'ms that a connection may go without a whole message',
    }),
  });
  const faults = readFaults(environment);
  const at = (port: number, variable: string): Listening => ({ host: read.WAYBILL_HOST, port, variable });
  const zones = Object.entries(ZONES).map(([zone, variable]) => ({
    zone,
    file: `${read.WAYBILL_DNS_ZONES}/${zone === '.' ? 'root.' : zone}zone`,
    listening: at(read[variable], variable),
  }));
  return {
    listening: at(read.WAYBILL_DNS_PORT, 'WAYBILL_DNS_PORT'),
    control: at(read.WAYBILL_DNS_CONTROL_PORT, 'WAYBILL_DNS_CONTROL_PORT'),
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    zones,
    addresses: readAddressMap(read.WAYBILL_ADDRESSES, environment),
    rootHint: read.WAYBILL_DNS_ROOT,
    timeout: read.WAYBILL_DNS_TIMEOUT,
    tries: read.WAYBILL_DNS_TRIES,
    tcp: { connections: read.WAYBILL_DNS_TCP_CONNECTIONS, idle: read.WAYBILL_DNS_TCP_IDLE },
    faults,
  };
}
