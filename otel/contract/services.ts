// The services of the lab, from front to back: the one table from which processes, ports, colours, signs, the drawings' words,
// and what tests, doctor and compose checks go through, are taken.

import type { Stage } from './stages.ts';

export type Port = {
  /** The default; its variable overrides it. */
  default: number;
  /** What listens there, for messages. */
  purpose: string;
  /** Whether datagrams come in there as well. */
  udp?: boolean;
};

/** How a service is shown. */
export type Display = {
  /** What a learner calls it, in a word or two. */
  label: string;
  /** What it stands for. */
  role: string;
  /** In the terminal, and on the page by light and by dark. */
  colour: {
    terminal: 'cyan' | 'yellow' | 'blue' | 'green' | 'magenta' | 'blueBright' | 'white';
    light: string;
    dark: string;
  };
  /** Its sign beside its name, as an SVG path in a square of 16. */
  sign: string;
};

/** What is known of a service's spans as a whole. */
export type Traced = {
  /** The stage of spans that the contract does not know. */
  stage: Stage;
  /** Whose requests it answers; null for the first. */
  calledBy: string | null;
  /** How the trace context comes to it. */
  carrier: string;
  /** Whether each instance has a line of its own in the sequence. */
  isMany?: true;
};

type Service = Display & {
  /** Null for what files the spans of others. */
  traced: Traced | null;
  /** Node's own options for it. */
  options: readonly string[];
  /** Where it listens, by the variable that changes the port. */
  ports: Readonly<Record<string, Port>>;
};

export const services = {
  visitor: {
    label: 'you',
    role: 'you and your browser',
    colour: { terminal: 'cyan', light: '#0a6a8f', dark: '#56c1e8' },
    sign: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
    traced: { stage: 'untracked', calledBy: null, carrier: '' },
    // What a trace read for a page needs is garbage a moment later: as in the store, a small young generation does.
    options: ['--max-semi-space-size=4'],
    ports: { WAYBILL_PAGE_PORT: { default: 8190, purpose: "the visitor's pages and API" } },
  },
  dns: {
    label: 'phonebook',
    role: 'the phonebook',
    colour: { terminal: 'yellow', light: '#9a5700', dark: '#f0a648' },
    sign: 'M8 .8L15.2 8L8 15.2L.8 8z',
    traced: { stage: 'dns', calledBy: 'visitor', carrier: 'the EDNS0 option 65500 of the query' },
    options: [],
    ports: {
      WAYBILL_DNS_PORT: { default: 1053, purpose: 'DNS, UDP and TCP', udp: true },
      WAYBILL_DNS_CONTROL_PORT: { default: 8153, purpose: 'private: control of the resolver' },
      WAYBILL_DNS_ROOT_PORT: { default: 1061, purpose: "private: the root's name server", udp: true },
      WAYBILL_DNS_TEST_PORT: { default: 1062, purpose: 'private: the name server of test.', udp: true },
      WAYBILL_DNS_TATIS_PORT: { default: 1063, purpose: 'private: the name server of tatis.test.', udp: true },
      WAYBILL_DNS_DJANGOGIRLS_PORT: {
        default: 1064,
        purpose: 'private: the name server of djangogirls.test.',
        udp: true,
      },
      WAYBILL_DNS_MY_PORT: { default: 1065, purpose: 'private: the name server of my.test.', udp: true },
    },
  },
  router: {
    label: 'post office',
    role: 'post offices',
    colour: { terminal: 'blue', light: '#6d4bb0', dark: '#b79cf2' },
    sign: 'M8 1.2L15.4 14.4H.6z',
    traced: { stage: 'network', calledBy: 'visitor', carrier: 'the field E0 of the PROXY header', isMany: true },
    options: ['--max-semi-space-size=1'], // little garbage: 10 MB less
    ports: {
      WAYBILL_ROUTER_CONTROL_PORT: { default: 8300, purpose: 'private: control of the routers' },
      WAYBILL_ROUTER_CORNER_PORT: { default: 8301, purpose: 'private: the router corner' },
      WAYBILL_ROUTER_NORTH_PORT: { default: 8302, purpose: 'private: the router north' },
      WAYBILL_ROUTER_SOUTH_PORT: { default: 8303, purpose: 'private: the router south' },
      WAYBILL_ROUTER_HARBOUR_PORT: { default: 8304, purpose: 'private: the router harbour' },
    },
  },
  proxy: {
    label: 'web server',
    role: "the web server (nginx's job)",
    colour: { terminal: 'green', light: '#1c7245', dark: '#62ca90' },
    sign: 'M1.8 1.8H14.2V14.2H1.8z',
    traced: { stage: 'proxy', calledBy: 'visitor', carrier: 'the header traceparent' },
    options: [],
    ports: {
      WAYBILL_SITE_PORT: { default: 8180, purpose: 'the site (proxy)' },
      WAYBILL_SITE_PP_PORT: { default: 8181, purpose: 'the site, for connections through routers' },
      WAYBILL_TLS_PORT: { default: 8443, purpose: 'the site over TLS' },
      WAYBILL_TLS_PP_PORT: { default: 8444, purpose: 'the site over TLS, for routers' },
      WAYBILL_PROXY_CONTROL_PORT: { default: 8184, purpose: 'private: control of the proxy' },
    },
  },
  gateway: {
    label: 'app server',
    role: "the app server (in gunicorn's place)",
    colour: { terminal: 'magenta', light: '#a83268', dark: '#f08bb8' },
    sign: 'M4.4 1.4H11.6L15.4 8L11.6 14.6H4.4L.6 8z',
    traced: { stage: 'gateway', calledBy: 'proxy', carrier: 'the header traceparent' },
    options: [],
    ports: {
      WAYBILL_GATEWAY_PORT: { default: 8182, purpose: 'private: the gateway' },
      WAYBILL_GATEWAY_CONTROL_PORT: { default: 8183, purpose: 'private: control of the gateway' },
    },
  },
  app: {
    label: 'worker',
    role: 'a worker: framework and site',
    colour: { terminal: 'blueBright', light: '#2b55c9', dark: '#8ea9ff' },
    sign: 'M5.6 1H10.4V5.6H15V10.4H10.4V15H5.6V10.4H1V5.6H5.6z',
    traced: { stage: 'framework', calledBy: 'gateway', carrier: 'the header traceparent', isMany: true },
    options: [],
    ports: { WAYBILL_APP_PORT: { default: 8201, purpose: 'private: the first worker; the others follow' } },
  },
  store: {
    label: 'trace store',
    role: 'where the traces are stored',
    colour: { terminal: 'white', light: '#5a6270', dark: '#a5adb9' },
    sign: 'M8 2.5L14 13.5H2zM8 13.5',
    traced: null,
    // What an export needs is garbage a moment later, so a small young generation does, and saves 60 MB. Not
    // --optimize-for-size, with which large exports cost twice the time.
    options: ['--max-semi-space-size=4'],
    ports: {
      WAYBILL_JAEGER_PORT: { default: 16686, purpose: "Jaeger's query API" },
      WAYBILL_OTLP_PORT: { default: 4318, purpose: 'OTLP over HTTP' },
    },
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;

/** What is drawn beside the services: where a change comes from, and what the worker asks. */
const others = {
  // A deployment has its own map, on which the colours of resolver and routers are free.
  developer: {
    label: 'developer',
    role: 'where the site is changed',
    colour: services.dns.colour,
    sign: 'M2.5 2.5H13.5V10.5H2.5zM.5 13H15.5V14.5H.5z',
  },
  pipeline: {
    label: 'pipeline',
    role: 'the pipeline: from a commit to a release',
    colour: services.router.colour,
    sign: 'M1 5H9V1.5L15.5 8L9 14.5V11H1z',
  },
  database: {
    label: 'database',
    role: 'the database',
    colour: { terminal: 'white', light: '#6a5c00', dark: '#d8c650' },
    sign: 'M1.5 4.2C1.5 .6 14.5 .6 14.5 4.2V11.8C14.5 15.4 1.5 15.4 1.5 11.8z',
  },
} as const satisfies Record<string, Display>;

/** What is shown of each service of the lab, and of what is drawn beside them, in the order of a journey. */
export const displays: Readonly<Record<string, Display>> = { ...services, ...others };

/** The services whose spans make a journey, from front to back, with what is known of these. */
export const tracedServices: ReadonlyMap<string, Traced> = new Map(
  Object.entries(services).flatMap(([name, { traced }]) => (traced === null ? [] : [[name, traced]])),
);

/** The variables that change ports. */
export type PortName = { [S in ServiceName]: keyof (typeof services)[S]['ports'] }[ServiceName];

/** Every service's name, from front to back. */
export const SERVICE_NAMES = Object.keys(services) as ServiceName[];

/** Every port of the lab, by its variable. */
export const PORTS = Object.assign({}, ...SERVICE_NAMES.map((name) => services[name].ports)) as Record<PortName, Port>;

/** The ports of one service, by their variables. */
export function portsOf(name: ServiceName): PortName[] {
  return Object.keys(services[name].ports) as PortName[];
}
