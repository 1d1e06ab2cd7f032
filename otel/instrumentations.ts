// The instrumentations that a process has, by their names as in OTEL_NODE_ENABLED_INSTRUMENTATIONS, set up so that the
// lab's own spans stay as they are beside theirs: one traceparent on each request, and no span for the lab's own errands.

import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type { Span } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { isUntraced } from './untraced.ts';

const require = createRequire(import.meta.url);
// Each instrumentation is loaded from the collection's own dependencies: its entry would load all forty,
// which costs every process 200 ms of its start.
const fromCollection = createRequire(require.resolve('@opentelemetry/auto-instrumentations-node'));

/** What differs from an instrumentation's own defaults. */
const SETTINGS: Record<string, object> = {
  http: { ignoreIncomingRequestHook: isUntraced },
  dns: { ignoreHostnames: (host: string) => isIP(host) !== 0 }, // listening asks for its own address
  undici: { requestHook: removeOurContext },
};

type Instrumentation = NodeSDKConfiguration['instrumentations'][number];

/** Whether there is an instrumentation of that name: `http` for @opentelemetry/instrumentation-http. */
export function hasInstrumentation(name: string): boolean {
  try {
    return /^[a-z][a-z0-9.-]*$/.test(name) && fromCollection.resolve(packageOf(name)) !== '';
  } catch {
    return false;
  }
}

/** Loads the instrumentation of that name, which must be there. */
export function loadInstrumentation(name: string): Instrumentation {
  type Class = new (settings?: object) => Instrumentation;
  const exported = fromCollection(packageOf(name)) as Record<string, Class>;
  const className = Object.keys(exported).find((each) => each.endsWith('Instrumentation')) ?? '';
  return new (exported[className] as Class)(SETTINGS[name]);
}

function packageOf(name: string): string {
  return `@opentelemetry/instrumentation-${name}`;
}

/** Undici's instrumentation adds its headers to those of the request: ours leave first, or two would reach the next hop. */
function removeOurContext(span: Span, { headers }: { headers: unknown }): void {
  if (!span.isRecording() || !Array.isArray(headers)) return;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (/^(traceparent|tracestate)$/i.test(String(headers[at]))) headers.splice(at, 2);
  }
}
