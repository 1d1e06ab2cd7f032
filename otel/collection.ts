// The instrumentations of auto-instrumentations-node, each loaded from the collection's own dependencies: its entry would load all
// forty, which costs every process 200 ms of its start. `npm run build` replaces this file by a table of what it bundles.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const fromCollection = createRequire(require.resolve('@opentelemetry/auto-instrumentations-node'));

/** Whether the collection has the package `@opentelemetry/instrumentation-<name>`. */
export function has(name: string): boolean {
  try {
    return fromCollection.resolve(`@opentelemetry/instrumentation-${name}`) !== '';
  } catch {
    return false;
  }
}

/** What that package exports. */
export async function load(name: string): Promise<Record<string, unknown>> {
  return fromCollection(`@opentelemetry/instrumentation-${name}`) as Record<string, unknown>;
}
