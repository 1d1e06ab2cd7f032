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
  undici: { requestHook: makeRoom },
};

type Instrumentation = NodeSDKConfiguration['instrumentations'][number];

/** Loads the instrumentation of that name; throws an Error if there is none. */
export function loadInstrumentation(name: string): Instrumentation {
  let loaded: Record<string, new (settings?: object) => Instrumentation>;
  try {
    loaded = fromCollection(`@opentelemetry/instrumentation-${name}`);
  } catch {
    throw new Error(
      `OTEL_NODE_ENABLED_INSTRUMENTATIONS names "${name}", which @opentelemetry/auto-instrumentations-node does not have`,
    );
  }
  const found = Object.keys(loaded).find((exported) => exported.endsWith('Instrumentation')) ?? '';
  const Found = loaded[found] as new (settings?: object) => Instrumentation;
  return new Found(SETTINGS[name]);
}

/** Undici's instrumentation adds its headers to those of the request: ours leave first, or two would reach the next hop. */
function makeRoom(span: Span, { headers }: { headers: unknown }): void {
  if (!span.isRecording() || !Array.isArray(headers)) return;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (/^(traceparent|tracestate)$/i.test(String(headers[at]))) headers.splice(at, 2);
  }
}
