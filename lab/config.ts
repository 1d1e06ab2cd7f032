// What the commands read from the environment. Each address of the lab has its variable; see the README.

import { join } from 'node:path';
import { host, port, str } from 'envalid';
import { count, readEnvironment } from '../runtime/environment.ts';

/** A port of the lab: its default, and what listens there. */
const PORTS = {
  WAYBILL_SITE_PORT: [8180, 'the site (proxy)'],
  WAYBILL_SITE_PP_PORT: [8181, 'the site, for letters that come through post offices'],
  WAYBILL_PAGE_PORT: [8190, "the visitor's API and pages"],
  WAYBILL_JAEGER_PORT: [16686, "Jaeger's query API"],
  WAYBILL_OTLP_PORT: [4318, 'OTLP over HTTP'],
  WAYBILL_DNS_PORT: [1053, 'DNS, UDP and TCP'],
  WAYBILL_DNS_CONTROL_PORT: [8153, 'private: control of the phonebook'],
  WAYBILL_DNS_ROOT_PORT: [1061, "private: the root's name server"],
  WAYBILL_DNS_TEST_PORT: [1062, 'private: the name server of test.'],
  WAYBILL_DNS_TATIS_PORT: [1063, 'private: the name server of tatis.test.'],
  WAYBILL_DNS_DJANGOGIRLS_PORT: [1064, 'private: the name server of djangogirls.test.'],
  WAYBILL_ROUTER_CONTROL_PORT: [8300, 'private: control of the post offices'],
  WAYBILL_ROUTER_CORNER_PORT: [8301, 'private: the post office at the corner'],
  WAYBILL_ROUTER_NORTH_PORT: [8302, 'private: the post office north'],
  WAYBILL_ROUTER_SOUTH_PORT: [8303, 'private: the post office south'],
  WAYBILL_ROUTER_HARBOUR_PORT: [8304, 'private: the post office at the harbour'],
  WAYBILL_GATEWAY_PORT: [8182, 'private: the gateway'],
  WAYBILL_GATEWAY_CONTROL_PORT: [8183, 'private: control of the gateway'],
  WAYBILL_APP_PORT: [8201, 'private: the first worker; the others follow'],
} as const;

export type PortName = keyof typeof PORTS;

export type LabConfig = {
  host: string;
  ports: Record<PortName, number>;
  workers: number;
  /** Where state lives: databases and logs. */
  home: string;
  addresses: string;
  /** Where Node keeps compiled code. */
  compiled: string;
  visitorUrl: string;
  jaegerUrl: string;
  /** Where an outside collector or Jaeger takes spans; undefined: the embedded store. */
  otlpEndpoint: string | undefined;
};

/** Reads the lab's configuration; throws an Error that lists what is wrong. */
export function readLabConfig(environment: NodeJS.ProcessEnv): LabConfig {
  const specs = Object.entries(PORTS).map(([name, [value, desc]]) => [name, port({ default: value, desc })]);
  const portRead: Record<string, unknown> = readEnvironment(environment, Object.fromEntries(specs));
  const ports = Object.fromEntries(Object.keys(PORTS).map((name) => [name, portRead[name]])) as LabConfig['ports'];
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where every service listens' }),
    WAYBILL_WORKERS: count({
      default: 2,
      least: 1,
      most: 64,
      desc: 'how many workers; one answers one letter at a time',
    }),
    NODE_COMPILE_CACHE: str({ default: '', desc: 'where Node keeps compiled code; in WAYBILL_HOME unless set' }),
    WAYBILL_HOME: str({ default: '.waybill', desc: 'where databases and logs are kept' }),
    WAYBILL_ADDRESSES: str({ default: 'services/addresses/addresses.local', desc: "the lab's map of the world" }),
    WAYBILL_JAEGER_URL: str({ default: '', desc: 'where traces are read back; with OTEL_EXPORTER_OTLP_ENDPOINT' }),
    OTEL_EXPORTER_OTLP_ENDPOINT: str({ default: '', desc: 'an outside collector; then no embedded store is started' }),
  });
  return {
    host: read.WAYBILL_HOST,
    ports,
    workers: read.WAYBILL_WORKERS,
    home: read.WAYBILL_HOME,
    compiled: read.NODE_COMPILE_CACHE || join(read.WAYBILL_HOME, 'compiled'),
    addresses: read.WAYBILL_ADDRESSES,
    visitorUrl: `http://127.0.0.1:${ports.WAYBILL_PAGE_PORT}`,
    jaegerUrl: read.WAYBILL_JAEGER_URL || `http://127.0.0.1:${ports.WAYBILL_JAEGER_PORT}`,
    otlpEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
  };
}

/** What listens on the port of that name, for messages. */
export function portPurpose(name: PortName): string {
  return PORTS[name][1];
}
