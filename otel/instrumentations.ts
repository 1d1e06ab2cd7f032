// The instrumentations that a process has, by their names as in OTEL_NODE_ENABLED_INSTRUMENTATIONS, set up so that the
// lab's own spans stay as they are beside theirs: one traceparent on each request, and no span for the lab's own errands.

import { isIP } from 'node:net';
import type { Span } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import * as collection from './collection.ts';
import { isUntraced } from './untraced.ts';

/** What differs from an instrumentation's own defaults. */
const SETTINGS: Record<string, object> = {
  http: { ignoreIncomingRequestHook: isUntraced },
  dns: { ignoreHostnames: (host: string) => isIP(host) !== 0 }, // listening asks for its own address
  undici: { requestHook: removeOurContext },
};

type Instrumentation = NodeSDKConfiguration['instrumentations'][number];

/** Whether there is an instrumentation of that name: `http` for @opentelemetry/instrumentation-http. */
export function hasInstrumentation(name: string): boolean {
  return /^[a-z][a-z0-9.-]*$/.test(name) && collection.has(name);
}

/** Loads the instrumentation of that name, which must be there. */
export async function loadInstrumentation(name: string): Promise<Instrumentation> {
  type Class = new (settings?: object) => Instrumentation;
  const exported = (await collection.load(name)) as Record<string, Class>;
  const className = Object.keys(exported).find((each) => each.endsWith('Instrumentation')) ?? '';
  return new (exported[className] as Class)(SETTINGS[name]);
}

/** Undici's instrumentation adds its headers to those of the request: ours leave first, or two would reach the next hop. */
function removeOurContext(span: Span, { headers }: { headers: unknown }): void {
  if (!span.isRecording() || !Array.isArray(headers)) return;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (/^(traceparent|tracestate)$/i.test(String(headers[at]))) headers.splice(at, 2);
  }
}
