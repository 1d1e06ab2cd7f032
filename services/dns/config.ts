// Every variable that the phonebook reads.

import type { Listening } from '../../runtime/net/listen.ts';
import {
  count,
  host,
  hostNames,
  milliseconds,
  port,
  readSettings,
  type Setting,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
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
const variableOf = (fault: FaultName) => `WAYBILL_DNS_FAULT_${fault.toUpperCase()}`;
const FAULT_SETTINGS: Record<string, Setting<Record<string, number>>> = Object.fromEntries(
  FAULT_NAMES.map((fault) => [
    variableOf(fault),
    {
      default: {},
      takes: 'zone=amount, with commas',
      description: 'broken on purpose; the fix: unset it, or DELETE /faults',
      parse: (text) => zoneAmounts(fault, text, Object.keys(ZONES)),
    },
  ]),
);

/** The address of the root server, where every walk begins. */
const ROOT_HINT = '198.51.100.1';

const OWN_SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'interface',
  }),
  WAYBILL_DNS_PORT: port({ default: 1053, description: 'the resolver; 53 would need root', like: 'port' }),
  WAYBILL_DNS_ROOT_PORT: port({ default: 1061, description: "the root's name server, 198.51.100.1" }),
  WAYBILL_DNS_TEST_PORT: port({ default: 1062, description: 'the name server of test., 198.51.100.2' }),
  WAYBILL_DNS_TATIS_PORT: port({ default: 1063, description: 'the name server of tatis.test., 198.51.100.3' }),
  WAYBILL_DNS_DJANGOGIRLS_PORT: port({
    default: 1064,
    description: 'the name server of djangogirls.test., 198.51.100.4',
  }),
  WAYBILL_DNS_CONTROL_PORT: port({
    default: 8153,
    description: 'the private control port: `POST /flush` empties the memory, `GET /healthz`',
    like: 'control-port',
  }),
  WAYBILL_ALLOWED_HOSTS: hostNames({
    default: [],
    description:
      'names by which the control port may be asked, with commas, besides addresses, `localhost` and names without dots',
  }),
  WAYBILL_DNS_ZONES: text({
    default: 'services/dns/zones',
    description: 'the folder of the zone files; SIGHUP reads them again',
    like: 'zone-file',
  }),
  WAYBILL_ADDRESSES: text({ default: 'services/addresses/addresses.local', description: "the lab's map of the world" }),
  WAYBILL_DNS_TIMEOUT: milliseconds({
    default: 300,
    description:
      'ms to wait for a name server; all tries together stay below what clients wait (dig: 5 s, the visitor: 3 s)',
  }),
  WAYBILL_DNS_TRIES: count({
    default: 3,
    min: 1,
    max: 100,
    description: 'how often a name server that says nothing is asked',
    like: 'outbound-msg-retry',
  }),
  WAYBILL_DNS_TCP_CONNECTIONS: count({
    default: 100,
    min: 1,
    max: 50_000,
    description: 'connections open at once on each port; more are closed',
    like: 'incoming-num-tcp',
  }),
  WAYBILL_DNS_TCP_IDLE: milliseconds({
    default: 10_000,
    description: 'ms that a connection may go without a whole message',
    like: 'tcp-idle-timeout',
  }),
} satisfies SettingTable;

/** The table of this service's configuration. */
export const SETTINGS: SettingTable = { ...OWN_SETTINGS, ...FAULT_SETTINGS };

/** Reads the phonebook's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): DnsConfig {
  const read = readSettings(OWN_SETTINGS, environment);
  const broken = readSettings(FAULT_SETTINGS, environment);
  const faults = Object.fromEntries(FAULT_NAMES.map((fault) => [fault, broken[variableOf(fault)]])) as FaultTable;
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
    rootHint: ROOT_HINT,
    timeout: read.WAYBILL_DNS_TIMEOUT,
    tries: read.WAYBILL_DNS_TRIES,
    tcp: { connections: read.WAYBILL_DNS_TCP_CONNECTIONS, idle: read.WAYBILL_DNS_TCP_IDLE },
    faults,
  };
}
