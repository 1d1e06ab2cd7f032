// Every variable that the visitor reads.

import { join } from 'node:path';
import { readLearner } from '../../otel/learner.ts';
import { endpoint } from '../../runtime/net/endpoint.ts';
import {
  allowedHosts,
  count,
  endpoints,
  host,
  hostPort,
  httpUrl,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
import { readAddressMap } from '../addresses/map.ts';

export type VisitorConfig = ReturnType<typeof readConfig>;

/** For each of two tries; the resolver gives up before. */
const LOOKUP_TIMEOUT_MS = 3000;
const CONNECT_TIMEOUT_MS = 5000;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; loopback by default' }),
  WAYBILL_PAGE_PORT: port({ default: 8190, description: "the journey page and the visitor's API" }),
  WAYBILL_SITE_PORT: port({ default: 8180, description: "the site's port, in commands of lessons" }),
  WAYBILL_OTLP_PORT: port({ default: 4318, description: 'where spans are sent, in commands of lessons' }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that requests may use'),
  WAYBILL_RESOLVER: hostPort({ default: { host: '127.0.0.1', port: 1053 }, description: 'the DNS resolver' }),
  WAYBILL_DNS_CONTROL: hostPort({
    default: { host: '127.0.0.1', port: 8153 },
    description: 'the control port of dns: sets faults',
  }),
  WAYBILL_PROXY_CONTROL: hostPort({
    default: { host: '127.0.0.1', port: 8184 },
    description: 'the control port of the proxy: sets faults',
  }),
  WAYBILL_GATEWAY_CONTROL: hostPort({
    default: { host: '127.0.0.1', port: 8183 },
    description: 'the control port of the gateway: reloads workers, sets faults',
  }),
  WAYBILL_ROUTER_CONTROL: endpoints({
    default: [{ host: '127.0.0.1', port: 8300 }],
    description: 'the control ports of the routers, with commas: set faults',
  }),
  WAYBILL_ADDRESSES: text({
    default: 'services/addresses/addresses.local',
    description: 'the address map: for each address of the lab, where it really listens',
  }),
  WAYBILL_ENTRY_ROUTER: {
    ...text({
      default: '192.0.2.1:8300',
      description: 'the entry router, an address of the address map; none: connections are made directly',
    }),
    takes: 'host:port, or none',
    parse: (value: string) => (value === 'none' || endpoint(value) ? value : undefined),
  },
  WAYBILL_JAEGER_URL: httpUrl({ default: 'http://127.0.0.1:16686', description: 'where traces are read from' }),
  WAYBILL_JAEGER_PAGE: httpUrl({
    default: '',
    description: "where a browser finds Jaeger's page; WAYBILL_JAEGER_URL unless set",
  }),
  WAYBILL_PAGE_DIR: text({ default: '.waybill/page', description: 'the folder of the built journey page' }),
  WAYBILL_CA: text({
    default: '',
    description: 'the file of the certificate authority to trust; tls/ca.pem in WAYBILL_HOME unless set',
  }),
  WAYBILL_HOME: text({ default: '.waybill', description: "the lab's home" }),
  WAYBILL_LESSONS: text({ default: 'lessons', description: 'the folder of lessons, read at each request' }),
  WAYBILL_PROGRESS: text({
    default: '',
    description: "the file of the learner's progress; kept in memory only unless set; `npm start` sets it",
  }),
  WAYBILL_LOGS: text({
    default: '',
    description: "the folder of the lab's logs; unset where each service keeps its own",
  }),
  WAYBILL_ANSWER_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'ms until the last byte of a response; the slow page needs long',
  }),
  WAYBILL_WARM_UP: count({
    default: 24,
    min: 0,
    max: 1000,
    description: 'untraced visits that run the code of every service when the lab has started; 0: none',
  }),
} satisfies SettingTable;

/** Reads the visitor's configuration; throws an Error that lists every variable that is invalid. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
  return {
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_PAGE_PORT, variable: 'WAYBILL_PAGE_PORT' },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    resolver: read.WAYBILL_RESOLVER,
    resolverControl: read.WAYBILL_DNS_CONTROL,
    proxyControl: read.WAYBILL_PROXY_CONTROL,
    gatewayControl: read.WAYBILL_GATEWAY_CONTROL,
    routerControls: read.WAYBILL_ROUTER_CONTROL,
    addresses: readAddressMap(read.WAYBILL_ADDRESSES, environment),
    entryRouter: endpoint(read.WAYBILL_ENTRY_ROUTER),
    jaegerUrl: read.WAYBILL_JAEGER_URL,
    jaegerPageUrl: read.WAYBILL_JAEGER_PAGE || read.WAYBILL_JAEGER_URL,
    pageFolder: read.WAYBILL_PAGE_DIR,
    ca: read.WAYBILL_CA || join(read.WAYBILL_HOME, 'tls/ca.pem'),
    learner: readLearner(environment),
    lessons: read.WAYBILL_LESSONS,
    lessonPorts: {
      WAYBILL_PAGE_PORT: read.WAYBILL_PAGE_PORT,
      WAYBILL_SITE_PORT: read.WAYBILL_SITE_PORT,
      WAYBILL_OTLP_PORT: read.WAYBILL_OTLP_PORT,
    },
    progress: read.WAYBILL_PROGRESS || undefined,
    logs: read.WAYBILL_LOGS || undefined,
    lookupTimeout: LOOKUP_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    answerTimeout: read.WAYBILL_ANSWER_TIMEOUT,
    warmUpVisits: read.WAYBILL_WARM_UP,
  };
}
