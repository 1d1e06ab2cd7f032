// The services of the lab, from front to back: the one table from which processes, ports, colours, and what tests and
// compose checks go through, are taken.

export type Port = {
  /** Unless its variable says otherwise. */
  default: number;
  /** What listens there, for messages. */
  purpose: string;
  /** Whether datagrams come in there as well. */
  udp?: boolean;
};

type Service = {
  /** Of its spans in the terminal. */
  colour: 'cyan' | 'yellow' | 'blue' | 'green' | 'magenta' | 'blueBright' | 'white';
  /** Whether it leaves spans; what files them does not. */
  traced: boolean;
  /** Node's own options for it. */
  options: readonly string[];
  /** Where it listens, by the variable that changes the port. */
  ports: Readonly<Record<string, Port>>;
};

export const services = {
  visitor: {
    colour: 'cyan',
    traced: true,
    // What a trace read for a page needs is garbage a moment later: as in the store, a small young generation does.
    options: ['--max-semi-space-size=4'],
    ports: { WAYBILL_PAGE_PORT: { default: 8190, purpose: "the visitor's pages and API" } },
  },
  dns: {
    colour: 'yellow',
    traced: true,
    options: [],
    ports: {
      WAYBILL_DNS_PORT: { default: 1053, purpose: 'DNS, UDP and TCP', udp: true },
      WAYBILL_DNS_CONTROL_PORT: { default: 8153, purpose: 'private: control of the phonebook' },
      WAYBILL_DNS_ROOT_PORT: { default: 1061, purpose: "private: the root's name server", udp: true },
      WAYBILL_DNS_TEST_PORT: { default: 1062, purpose: 'private: the name server of test.', udp: true },
      WAYBILL_DNS_TATIS_PORT: { default: 1063, purpose: 'private: the name server of tatis.test.', udp: true },
      WAYBILL_DNS_DJANGOGIRLS_PORT: {
        default: 1064,
        purpose: 'private: the name server of djangogirls.test.',
        udp: true,
      },
    },
  },
  router: {
    colour: 'blue',
    traced: true,
    options: ['--max-semi-space-size=1'], // little garbage: 10 MB less
    ports: {
      WAYBILL_ROUTER_CONTROL_PORT: { default: 8300, purpose: 'private: control of the post offices' },
      WAYBILL_ROUTER_CORNER_PORT: { default: 8301, purpose: 'private: the post office at the corner' },
      WAYBILL_ROUTER_NORTH_PORT: { default: 8302, purpose: 'private: the post office north' },
      WAYBILL_ROUTER_SOUTH_PORT: { default: 8303, purpose: 'private: the post office south' },
      WAYBILL_ROUTER_HARBOUR_PORT: { default: 8304, purpose: 'private: the post office at the harbour' },
    },
  },
  proxy: {
    colour: 'green',
    traced: true,
    options: [],
    ports: {
      WAYBILL_SITE_PORT: { default: 8180, purpose: 'the site (proxy)' },
      WAYBILL_SITE_PP_PORT: { default: 8181, purpose: 'the site, for letters that come through post offices' },
      WAYBILL_TLS_PORT: { default: 8443, purpose: 'the site, sealed (TLS)' },
      WAYBILL_TLS_PP_PORT: { default: 8444, purpose: 'the site, sealed, for letters that come through post offices' },
    },
  },
  gateway: {
    colour: 'magenta',
    traced: true,
    options: [],
    ports: {
      WAYBILL_GATEWAY_PORT: { default: 8182, purpose: 'private: the gateway' },
      WAYBILL_GATEWAY_CONTROL_PORT: { default: 8183, purpose: 'private: control of the gateway' },
    },
  },
  app: {
    colour: 'blueBright',
    traced: true,
    options: [],
    ports: { WAYBILL_APP_PORT: { default: 8201, purpose: 'private: the first worker; the others follow' } },
  },
  store: {
    colour: 'white',
    traced: false,
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
