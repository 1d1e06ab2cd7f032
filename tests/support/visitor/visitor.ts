// For the visitor's tests alone: a configuration in which no other service of the lab runs.

import type { VisitorConfig } from '../../../services/visitor/config.ts';

const CLOSED = { host: '127.0.0.1', port: 9 };

/** A configuration in which no service listens at any of the addresses, with `changes`. */
export function testConfig(changes: Partial<VisitorConfig> = {}): VisitorConfig {
  return {
    listening: { host: '127.0.0.1', port: 0, variable: 'WAYBILL_PAGE_PORT' },
    allowedHosts: [],
    resolver: CLOSED,
    resolverControl: CLOSED,
    routerControls: [CLOSED],
    proxyControl: CLOSED,
    gatewayControl: CLOSED,
    addresses: { locate: () => undefined, has: () => false },
    entryRouter: undefined,
    jaegerUrl: 'http://127.0.0.1:9',
    jaegerPageUrl: 'http://127.0.0.1:9',
    pageFolder: '/nowhere',
    ca: '/nowhere',
    learner: undefined,
    lessons: '/nowhere',
    lessonPorts: { WAYBILL_PAGE_PORT: 8190, WAYBILL_SITE_PORT: 8180, WAYBILL_OTLP_PORT: 4318 },
    progress: undefined,
    logs: undefined,
    lookupTimeout: 20,
    connectTimeout: 20,
    answerTimeout: 20,
    warmUpVisits: 0,
    ...changes,
  };
}
