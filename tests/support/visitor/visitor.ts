// For tests alone: a visitor whose lab is away.

import type { VisitorConfig } from './config.ts';

const NOBODY = { host: '127.0.0.1', port: 9 };

/** A configuration in which nobody answers, with `changes`. */
export function testConfig(changes: Partial<VisitorConfig> = {}): VisitorConfig {
  return {
    listening: { host: '127.0.0.1', port: 0, variable: 'WAYBILL_PAGE_PORT' },
    allowedHosts: [],
    resolver: NOBODY,
    resolverControl: NOBODY,
    routerControls: [NOBODY],
    gatewayControl: NOBODY,
    addresses: { locate: () => undefined, has: () => false },
    entryRouter: undefined,
    jaegerUrl: 'http://127.0.0.1:9',
    jaegerPageUrl: 'http://127.0.0.1:9',
    pageFolder: '/nowhere',
    ca: '/nowhere',
    learner: undefined,
    lessons: '/nowhere',
    progress: undefined,
    logs: undefined,
    lookupTimeout: 20,
    connectTimeout: 20,
    answerTimeout: 20,
    ...changes,
  };
}
