import { number, plural } from '../format.ts';

export const texts = {
  requests: 'Requests',
  requestsOfThePage: 'Requests of the page',
  summary: (files: number, sent: number, bytes: number, saved: number) =>
    `${plural(files, { one: '# file', other: '# files' })}, ${plural(sent, { one: '# request', other: '# requests' })}, ${number(bytes)} bytes received${saved > 0 ? `, ${number(saved)} bytes saved by the cache` : ''}.`,
  phases: {
    queued: 'waits for a connection',
    dns: 'phonebook (DNS)',
    connect: 'connect',
    tls: 'TLS',
    wait: 'waits for the first byte',
    receive: 'receives',
    cached: 'from the cache',
  },
  phaseTook: (phase: string, time: string) => `${phase}: ${time}`,
  caches: {
    fresh: 'from the cache, no server was asked',
    same: '304: still the same',
    changed: 'changed',
    vary: 'another variant (Vary)',
  } as Record<string, string>,
  noAnswer: 'no answer',
  bytes: (count: number) => `${number(count)} bytes`,
  priority: (priority: string) => `${priority} priority`,
  namedBy: (name: string) => `named by ${name}`,
  theDocument: 'the document',
  file: 'file',
  connections: 'by connection',
  connectionsSays: 'One row for each connection, with the requests that it carried one after another',
  noConnection: 'no connection',
  criticalPath: 'critical path: the end of the load waited for these',
  isCritical: 'on the critical path',
  whatIf: 'What if …',
  which: 'Which file',
  change: 'What would change',
  changes: { cached: 'were in the cache', faster: 'answered 100 ms earlier', one: 'or: one connection instead of six' },
  computed: (before: string, after: string, saved: string) =>
    `${after} instead of ${before} (${saved}). Computed on the graph of the requests, not measured.`,
  notFetched: (count: number) =>
    plural(count, { one: '# address is not fetched:', other: '# addresses are not fetched:' }),
  wholePage: 'Back to the whole page',
};
