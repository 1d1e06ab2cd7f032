// Sends one request as a learner does: did a response come back, is its trace whole, and if not, which hop is the cause?

import { tracedServices } from '../../otel/contract/services.ts';
import type { VisitAnswer } from '../../services/visitor/api.ts';
import { waitForTrace } from '../../traces/jaeger.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { ownProperty } from '../../traces/own-property.ts';
import { readDiagnosis } from '../cli/send.ts';
import type { LabConfig } from '../config.ts';
import { failed, ok, type Result } from './finding.ts';

const COMPLETE_MS = 8000;

type Visit = Pick<VisitAnswer, 'traceId' | 'status' | 'error'>;

type Cause = [hop: string, repair: string];

/** The cause when no response came, by the visit's error code. */
const NO_RESPONSE: Record<string, Cause> = {
  lookup_timeout: ['dns', 'dns did not answer in time. `npm run faults` shows whether a fault slows it down.'],
  SERVFAIL: ['dns', 'A name server was not reached. `npm run faults` shows whether a fault is active.'],
  NXDOMAIN: ['dns', 'dns does not know tatis.test: was its zone file edited? `npm run reset` restores it.'],
  ECONNREFUSED: [
    'router',
    'The entry router or the proxy refused the connection. `npm run faults` shows routers that are down.',
  ],
  EHOSTUNREACH: [
    'router',
    'The address of tatis.test is not in the address map (WAYBILL_ADDRESSES): was its zone file edited? `npm run reset` restores it.',
  ],
  ECONNRESET: ['router', 'A router reset the connection. `npm run faults` shows routers that are down.'],
  connect_timeout: ['router', 'The connection was not accepted in time: see the log of router.'],
  answer_timeout: ['proxy', 'The proxy did not answer in time: see its log, and those of gateway and app.'],
};

/** The cause of a response that is not 200, by its status. */
const STATUS: Record<number, Cause> = {
  502: ['gateway', 'The proxy got no response from the gateway, or the gateway none from a worker: see their logs.'],
  503: ['gateway', 'No worker was free or running: see `npm run faults` (gateway.workers), and the log of app.'],
  504: ['app', 'A worker took too long: see `npm run faults` (gateway.fault, gateway.timeout).'],
  500: [
    'app',
    'The view raised an exception: see the log of app. If the database is damaged, delete .waybill/site.db.',
  ],
  400: ['app', 'The site does not accept this host: see its settings.'],
};

/** The results of one request: why it failed, or what is missing in its trace. */
export async function probeRequest(config: LabConfig): Promise<Result[]> {
  const visit = await send(config.visitorUrl);
  if (visit.status !== 200) return [explain(visit)];
  const { spans } = await waitForTrace(config.jaegerUrl, visit.traceId, { isComplete, timeoutMs: COMPLETE_MS });
  if (spans.length === 0) {
    return [
      failed(
        'The request was answered, but no service delivered a span of it.',
        'Is OTLP reachable (above)? Does an OTEL_* variable switch tracing off (above)? See what the exporters report in the logs.',
      ),
    ];
  }
  const { findings } = await readDiagnosis(visit.traceId, config);
  if (findings.length === 0) return [ok('One request was sent: nothing is wrong with its trace.')];
  return findings.map(({ message, repair }) => failed(message, repair));
}

async function send(visitorUrl: string): Promise<Visit> {
  const response = await fetch(`${visitorUrl}/visits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'http://tatis.test/', cold: true, probe: true, browser: 'doctor' }),
    signal: AbortSignal.timeout(60_000),
  });
  if (response.ok) return (await response.json()) as Visit;
  const { error } = (await response.json()) as { error: { message: string } };
  return { traceId: '', status: null, error: { code: 'refused', message: error.message } };
}

function explain({ status, error }: Visit): Result {
  if (status === null) {
    const [hop, repair] = ownProperty(NO_RESPONSE, error?.code ?? '') ?? ['visitor', 'See the log of visitor.'];
    return failed(`The request got no response; it ended at ${hop}: ${error?.message ?? 'no reason given'}`, repair);
  }
  const [hop, repair] = STATUS[status] ?? ['site', 'See the trace of the request.'];
  return failed(`The request was answered with ${status}; look at ${hop}.`, repair);
}

function isComplete(spans: readonly TraceSpan[]): boolean {
  return new Set(spans.map(({ service }) => service)).size >= tracedServices.size;
}
