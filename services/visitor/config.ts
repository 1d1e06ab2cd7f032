// Every variable that the visitor reads.

import { join } from 'node:path';
import { host, port, str, url } from 'envalid';
import { readLearner } from '../../otel/learner.ts';
import { endpoints, hostNames, milliseconds, readEnvironment } from '../../runtime/environment.ts';
import { type Endpoint, endpoint } from '../../runtime/net/endpoint.ts';
import type { Listening } from '../../runtime/net/listen.ts';
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
  /** The post office where letters are handed in, as an address on the map; undefined: they are sent directly. */
  postOffice: Endpoint | undefined;
  /** The post offices', by which they are closed. */
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

/** Reads the visitor's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): VisitorConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; nobody else is let in by default' }),
    WAYBILL_PAGE_PORT: port({ default: 8190, desc: "the journey page and the visitor's API" }),
    WAYBILL_ALLOWED_HOSTS: hostNames({ default: [], desc: 'names by which this port may be asked' }),
    WAYBILL_RESOLVER: endpoints({ default: [{ host: '127.0.0.1', port: 1053 }], desc: 'the phonebook' }),
    WAYBILL_DNS_CONTROL: endpoints({
      default: [{ host: '127.0.0.1', port: 8153 }],
      desc: "the phonebook's control port",
    }),
    WAYBILL_GATEWAY_CONTROL: endpoints({
      default: [{ host: '127.0.0.1', port: 8183 }],
      desc: "the gateway's control port",
    }),
    WAYBILL_ROUTER_CONTROL: endpoints({
      default: [{ host: '127.0.0.1', port: 8300 }],
      desc: "the post offices' control ports",
    }),
    WAYBILL_ADDRESSES: str({ default: 'services/addresses/addresses.local', desc: "the lab's map of the world" }),
    WAYBILL_POST_OFFICE: str({
      default: '192.0.2.1:8300',
      desc: 'the post office where letters are handed in, an address on the map; none: they are sent directly',
    }),
    WAYBILL_JAEGER_URL: url({ default: 'http://127.0.0.1:16686', desc: 'where traces are read back' }),
    WAYBILL_JAEGER_PAGE: str({
      default: '',
      desc: "where a browser finds Jaeger's page; as WAYBILL_JAEGER_URL unless set",
    }),
    WAYBILL_PAGE_DIR: str({ default: '.waybill/page', desc: 'the folder of the built journey page' }),
    WAYBILL_CA: str({
      default: '',
      desc: 'the authority whose certificates are believed; tls/ca.pem in WAYBILL_HOME unless set',
    }),
    WAYBILL_HOME: str({ default: '.waybill', desc: "the lab's home" }),
    WAYBILL_LESSONS: str({ default: 'lessons', desc: 'the folder of lessons' }),
    WAYBILL_PROGRESS: str({ default: '', desc: "the file of the learner's progress; it is forgotten unless set" }),
    WAYBILL_LOGS: str({ default: '', desc: "the folder of the lab's logs, where there is one" }),
    WAYBILL_LOOKUP_TIMEOUT: milliseconds({
      default: 3000,
      desc: 'ms for each of two tries; the phonebook gives up before',
    }),
    WAYBILL_CONNECT_TIMEOUT: milliseconds({ default: 5000, desc: 'ms until a connection must stand' }),
    WAYBILL_ANSWER_TIMEOUT: milliseconds({
      default: 60_000,
      desc: 'ms until the last byte of an answer; the slow page takes its time',
    }),
  });
  const postOffice = endpoint(read.WAYBILL_POST_OFFICE);
  if (postOffice === undefined && read.WAYBILL_POST_OFFICE !== 'none') {
    throw new Error(`WAYBILL_POST_OFFICE is "${read.WAYBILL_POST_OFFICE}": neither address:port nor none`);
  }
  return {
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_PAGE_PORT, variable: 'WAYBILL_PAGE_PORT' },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    resolver: read.WAYBILL_RESOLVER[0] as Endpoint,
    resolverControl: read.WAYBILL_DNS_CONTROL[0] as Endpoint,
    gatewayControl: read.WAYBILL_GATEWAY_CONTROL[0] as Endpoint,
    addresses: readAddressMap(read.WAYBILL_ADDRESSES, environment),
    postOffice,
    routerControls: read.WAYBILL_ROUTER_CONTROL,
    jaegerUrl: withoutSlash(read.WAYBILL_JAEGER_URL),
    jaegerPageUrl: withoutSlash(read.WAYBILL_JAEGER_PAGE || read.WAYBILL_JAEGER_URL),
    pageFolder: read.WAYBILL_PAGE_DIR,
    ca: read.WAYBILL_CA || join(read.WAYBILL_HOME, 'tls/ca.pem'),
    learner: readLearner(environment),
    lessons: read.WAYBILL_LESSONS,
    progress: read.WAYBILL_PROGRESS || undefined,
    logs: read.WAYBILL_LOGS || undefined,
    lookupTimeout: read.WAYBILL_LOOKUP_TIMEOUT,
    connectTimeout: read.WAYBILL_CONNECT_TIMEOUT,
    answerTimeout: read.WAYBILL_ANSWER_TIMEOUT,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
