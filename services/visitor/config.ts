// Every variable that the visitor reads.

import { join } from 'node:path';
import { readLearner } from '../../otel/learner.ts';
import { type Endpoint, endpoint } from '../../runtime/net/endpoint.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import {
  endpoints,
  host,
  hostNames,
  httpUrl,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
import { type AddressMap, readAddressMap } from '../addresses/map.ts';

export type VisitorConfig = {
  listening: Listening;
  /** Names by which it may be asked. */
  allowedHosts: string[];
  /** The phonebook that is asked. */
  resolver: Endpoint;
  /** Its private control port, by which a cold visit has its cache emptied. */
  resolverControl: Endpoint;
  /** The gateway's, by which scenarios set knobs. */
  gatewayControl: Endpoint;
  addresses: AddressMap;
  /** The entry router, as an address of the address map; undefined: connections are made directly. */
  entryRouter: Endpoint | undefined;
  /** The control ports of the routers, for faults. */
  routerControls: Endpoint[];
  /** Where traces are read back, and where a browser finds Jaeger's page. */
  jaegerUrl: string;
  jaegerPageUrl: string;
  /** The folder of the built journey page. */
  pageFolder: string;
  /** The folder of lessons, and the file of the learner's progress; undefined: it is forgotten at the end. */
  lessons: string;
  progress: string | undefined;
  /** The folder of the lab's logs; undefined where each service keeps its own. */
  logs: string | undefined;
  /** Whose lab it is, where several people's traces are filed in one place. */
  learner: string | undefined;
  /** The file of the authority whose certificates are believed. */
  ca: string;
  /** How long to wait, in ms: for each try at the phonebook, for a connection, for the answer. */
  lookupTimeout: number;
  connectTimeout: number;
  answerTimeout: number;
};

/** For each of two tries; the resolver gives up before. */
const LOOKUP_TIMEOUT_MS = 3000;
const CONNECT_TIMEOUT_MS = 5000;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; loopback by default' }),
  WAYBILL_PAGE_PORT: port({ default: 8190, description: "the journey page and the visitor's API" }),
  WAYBILL_ALLOWED_HOSTS: hostNames({
    default: [],
    description:
      'names by which this port may be asked, with commas, besides addresses, `localhost` and names without dots',
  }),
  WAYBILL_RESOLVER: endpoints({ default: [{ host: '127.0.0.1', port: 1053 }], description: 'the phonebook' }),
  WAYBILL_DNS_CONTROL: endpoints({
    default: [{ host: '127.0.0.1', port: 8153 }],
    description: "the phonebook's control port",
  }),
  WAYBILL_GATEWAY_CONTROL: endpoints({
    default: [{ host: '127.0.0.1', port: 8183 }],
    description: "the gateway's, for the knobs of scenarios and faults",
  }),
  WAYBILL_ROUTER_CONTROL: endpoints({
    default: [{ host: '127.0.0.1', port: 8300 }],
    description: 'the control ports of the routers, with commas, for faults',
  }),
  WAYBILL_ADDRESSES: text({ default: 'services/addresses/addresses.local', description: "the lab's map of the world" }),
  WAYBILL_ENTRY_ROUTER: text({
    default: '192.0.2.1:8300',
    description: 'the entry router, an address of the address map; none: connections are made directly',
  }),
  WAYBILL_JAEGER_URL: httpUrl({ default: 'http://127.0.0.1:16686', description: 'where traces are read back' }),
  WAYBILL_JAEGER_PAGE: httpUrl({
    default: '',
    description: "where a browser finds Jaeger's page; as WAYBILL_JAEGER_URL unless set",
  }),
  WAYBILL_PAGE_DIR: text({ default: '.waybill/page', description: 'the folder of the built journey page' }),
  WAYBILL_CA: text({
    default: '',
    description: 'the authority whose certificates are believed; tls/ca.pem in WAYBILL_HOME unless set',
  }),
  WAYBILL_HOME: text({ default: '.waybill', description: "the lab's home" }),
  WAYBILL_LESSONS: text({ default: 'lessons', description: 'the folder of lessons, read anew each time' }),
  WAYBILL_PROGRESS: text({
    default: '',
    description: "the file of the learner's progress; forgotten at the end unless set; `npm start` sets it",
  }),
  WAYBILL_LOGS: text({ default: '', description: "the folder of the lab's logs, where there is one" }),
  WAYBILL_ANSWER_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'ms until the last byte of an answer; the slow page takes its time',
  }),
} satisfies SettingTable;

/** Reads the visitor's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): VisitorConfig {
  const read = readSettings(SETTINGS, environment);
  const entryRouter = endpoint(read.WAYBILL_ENTRY_ROUTER);
  if (entryRouter === undefined && read.WAYBILL_ENTRY_ROUTER !== 'none') {
    throw new Error(`WAYBILL_ENTRY_ROUTER is "${read.WAYBILL_ENTRY_ROUTER}": neither address:port nor none`);
  }
  return {
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_PAGE_PORT, variable: 'WAYBILL_PAGE_PORT' },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    resolver: read.WAYBILL_RESOLVER[0] as Endpoint,
    resolverControl: read.WAYBILL_DNS_CONTROL[0] as Endpoint,
    gatewayControl: read.WAYBILL_GATEWAY_CONTROL[0] as Endpoint,
    addresses: readAddressMap(read.WAYBILL_ADDRESSES, environment),
    entryRouter,
    routerControls: read.WAYBILL_ROUTER_CONTROL,
    jaegerUrl: withoutSlash(read.WAYBILL_JAEGER_URL),
    jaegerPageUrl: withoutSlash(read.WAYBILL_JAEGER_PAGE || read.WAYBILL_JAEGER_URL),
    pageFolder: read.WAYBILL_PAGE_DIR,
    ca: read.WAYBILL_CA || join(read.WAYBILL_HOME, 'tls/ca.pem'),
    learner: readLearner(environment),
    lessons: read.WAYBILL_LESSONS,
    progress: read.WAYBILL_PROGRESS || undefined,
    logs: read.WAYBILL_LOGS || undefined,
    lookupTimeout: LOOKUP_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    answerTimeout: read.WAYBILL_ANSWER_TIMEOUT,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
