// Sends one letter as a learner does, and follows it: did it come back, is its trace whole, and if not, at which hop?

import { setTimeout as delay } from 'node:timers/promises';
import { readTrace } from '../../traces/jaeger.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { own } from '../../traces/own.ts';
import type { LabConfig } from '../config.ts';
import { broken, type Finding } from './finding.ts';
import { clockSkew, type OtherTrace, whereLost } from './lost.ts';

const WHOLE_MS = 4000;
const SERVICES = 6;

type Visited = {
  traceId: string;
  status: number | null;
  error: { code: string; message: string } | null;
};

/** What it means that no answer came, by the visit's error. */
const UNANSWERED: Record<string, [hop: string, repair: string]> = {
  lookup_timeout: [
    'dns',
    'The phonebook did not answer in time. Is dns up (above), or made slow? `npm run faults` lists what is broken on purpose.',
  ],
  SERVFAIL: ['dns', 'A name server was not reached. `npm run faults` lists what is broken on purpose.'],
  NXDOMAIN: ['dns', 'The phonebook does not know tatis.test: its zone file was changed? `npm run reset` puts it back.'],
  ECONNREFUSED: [
    'router',
    'The entry router or the proxy refused the connection. `npm run faults` lists routers that are down.',
  ],
  EHOSTUNREACH: ['router', 'The address is not on the map: see WAYBILL_ADDRESSES.'],
  ECONNRESET: ['router', 'A router reset the connection. `npm run faults` lists routers that are down.'],
  connect_timeout: ['router', 'Nobody opened in time: see the log of router.'],
  answer_timeout: ['proxy', 'The proxy took the letter and did not answer: see its log, and those of gateway and app.'],
};

/** What it means that it was answered badly, by the status. */
const ANSWERED: Record<number, [hop: string, repair: string]> = {
  502: ['gateway', 'The proxy got no answer from the gateway, or the gateway none from a worker: see their logs.'],
  503: ['gateway', 'No worker was free, or none is up: see `npm run faults` (gateway.workers), and the log of app.'],
  504: ['app', 'A worker took too long: see `npm run faults` (gateway.fault, gateway.timeout).'],
  500: ['app', 'The view failed: see the log of app. A database that is damaged? Delete .waybill/site.db.'],
  400: ['app', 'The site does not know this host: see its settings.'],
};

/** The findings of one letter: what failed on its way, else what its trace lacks. */
export async function followLetter({ visitorUrl, jaegerUrl }: LabConfig): Promise<Omit<Finding, 'about'>[]> {
  const since = Date.now();
  const visited = await send(visitorUrl);
  if (visited.status !== 200) return [failureOf(visited)];
  const spans = await readWhole(jaegerUrl, visited.traceId);
  const services = new Set(spans.map(({ service }) => service));
  const others = services.size < SERVICES ? await strayTraces(jaegerUrl, since, visited.traceId) : [];
  const skew = clockSkew(spans);
  return [
    ...whereLost(spans, others),
    ...(skew
      ? [
          broken(
            `The clock of ${skew.service} differs: its span begins ${Math.abs(Math.round(skew.by))} ms ${skew.by < 0 ? 'before' : 'after'} the one that asked for it.`,
            'Set the clock of the machine that it runs on (NTP).',
          ),
        ]
      : []),
  ];
}

async function send(visitorUrl: string): Promise<Visited> {
  const response = await fetch(`${visitorUrl}/visits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'http://tatis.test/', cold: true, browser: 'doctor' }),
    signal: AbortSignal.timeout(60_000),
  });
  if (response.ok) return (await response.json()) as Visited;
  const { error } = (await response.json()) as { error: { message: string } };
  return { traceId: '', status: null, error: { code: 'refused', message: error.message } };
}

function failureOf({ status, error }: Visited): Omit<Finding, 'about'> {
  if (status === null) {
    const [hop, repair] = own(UNANSWERED, error?.code ?? '') ?? ['visitor', 'See the log of visitor.'];
    return broken(`The letter got no answer; it ended at ${hop}: ${error?.message ?? 'no reason given'}`, repair);
  }
  const [hop, repair] = ANSWERED[status] ?? ['site', 'See the trace of the letter.'];
  return broken(`The letter was answered with ${status}; look at ${hop}.`, repair);
}

async function readWhole(jaegerUrl: string, traceId: string): Promise<TraceSpan[]> {
  const deadline = performance.now() + WHOLE_MS;
  for (;;) {
    const { spans } = await readTrace(jaegerUrl, traceId);
    if (new Set(spans.map(({ service }) => service)).size >= SERVICES || performance.now() > deadline) return spans;
    await delay(100);
  }
}

async function strayTraces(jaegerUrl: string, since: number, own: string): Promise<OtherTrace[]> {
  const query = new URLSearchParams({
    'query.startTimeMin': new Date(since - 1000).toISOString(),
    'query.startTimeMax': new Date(Date.now() + 60_000).toISOString(),
    'query.searchDepth': '100',
  });
  const response = await fetch(`${jaegerUrl}/api/v3/trace-summaries?${query}`);
  const { summaries = [] } = (await response.json()) as { summaries?: { traceId: string; rootServiceName?: string }[] };
  return summaries
    .filter(({ traceId }) => traceId !== own)
    .map(({ traceId, rootServiceName = '' }) => ({ traceId, rootService: rootServiceName }));
}
