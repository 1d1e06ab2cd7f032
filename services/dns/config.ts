// Every variable that the DNS service reads.

import type { Listening } from '../../runtime/net/listen.ts';
import {
  allowedHosts,
  count,
  host,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
import { readAddressMap } from '../addresses/map.ts';

export type DnsConfig = ReturnType<typeof readConfig>;

/** The zones, and the variable of the port of each one's name server. */
const ZONES = {
  '.': 'WAYBILL_DNS_ROOT_PORT',
  'test.': 'WAYBILL_DNS_TEST_PORT',
  'tatis.test.': 'WAYBILL_DNS_TATIS_PORT',
  'djangogirls.test.': 'WAYBILL_DNS_DJANGOGIRLS_PORT',
  'my.test.': 'WAYBILL_DNS_MY_PORT',
} as const;

/** The address of the root server, which every resolver must know (RFC 1034, 5.3.2). */
const ROOT_HINT = '198.51.100.1';

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'interface',
  }),
  WAYBILL_DNS_PORT: port({
    default: 1053,
    description: 'the resolver; port 53 would need administrator rights',
    like: 'port',
  }),
  WAYBILL_DNS_ROOT_PORT: port({ default: 1061, description: "the root's name server, 198.51.100.1" }),
  WAYBILL_DNS_TEST_PORT: port({ default: 1062, description: 'the name server of test., 198.51.100.2' }),
  WAYBILL_DNS_TATIS_PORT: port({ default: 1063, description: 'the name server of tatis.test., 198.51.100.3' }),
  WAYBILL_DNS_DJANGOGIRLS_PORT: port({
    default: 1064,
    description: 'the name server of djangogirls.test., 198.51.100.4',
  }),
  WAYBILL_DNS_MY_PORT: port({ default: 1065, description: 'the name server of my.test., 198.51.100.5' }),
  WAYBILL_DNS_CONTROL_PORT: port({
    default: 8153,
    description: 'the private control port: `POST /flush` empties every cache, `/faults`, `GET /healthz`',
    like: 'control-port',
  }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that the control port accepts'),
  WAYBILL_DNS_ZONES: text({
    default: 'services/dns/zones',
    description: 'the folder of the zone files; SIGHUP reloads them',
    like: 'zone-file',
  }),
  WAYBILL_ADDRESSES: text({
    default: 'services/addresses/addresses.local',
    description: 'the address map: for each address of the lab, where it really listens',
  }),
  WAYBILL_DNS_TIMEOUT: milliseconds({
    default: 300,
    description:
      'ms to wait for an answer of a name server; all tries together must be shorter than the timeout of clients (dig: 5 s, the visitor: 3 s)',
  }),
  WAYBILL_DNS_TRIES: count({
    default: 3,
    min: 1,
    max: 100,
    description: 'how often a query is sent to a name server that does not answer',
    like: 'outbound-msg-retry',
  }),
  WAYBILL_DNS_TCP_CONNECTIONS: count({
    default: 100,
    min: 1,
    max: 50_000,
    description:
      'TCP connections open at once on each port; when one more arrives, the longest-idle connection is closed',
    like: 'incoming-num-tcp',
  }),
  WAYBILL_DNS_TCP_IDLE: milliseconds({
    default: 10_000,
    description: 'ms that a TCP connection may be open without a whole message',
    like: 'tcp-idle-timeout',
  }),
} satisfies SettingTable;

/** Reads the DNS service's configuration; throws an Error that lists every variable that is invalid. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
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
  };
}
