// The requests of a page load: a row for each file, its phases as colours, what the end waited for, and what would be if. A row leads to
// the journey of that request.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/page-load.tsx';
import { ATTR_PAGE_NOT_FETCHED, ATTR_PAGE_NOT_FETCHED_COUNT } from '../../../../otel/contract/names.ts';
import { ownProperty } from '../../../../traces/own-property.ts';
import {
  type PageLoad,
  type PageRequest,
  PHASES,
  type Phase,
  pageLoadIn,
} from '../../../../traces/page-load/page-load.ts';
import { criticalRequests, durationWith } from '../../../../traces/page-load/what-if.ts';
import { journeyAddress } from '../address.ts';
import { Select } from '../frame/select.tsx';
import { Toggle } from '../frame/toggle.tsx';
import type { Journey } from '../journey/state.ts';
import { difference, duration, ticks } from '../layout/axis.ts';

/** The colour of each phase, as a stage of a journey has it. */
const COLOURS: Record<Phase, string> = {
  queued: 'phase-queued',
  dns: 'stage-dns',
  connect: 'stage-network',
  tls: 'stage-tls',
  wait: 'stage-waiting',
  receive: 'stage-download',
  cached: 'phase-cached',
};

export function PageLoadView({ journey }: { journey: Journey }) {
  const load = useMemo(() => pageLoadIn(journey.tree), [journey]);
  const critical = useMemo(() => new Set(load ? criticalRequests(load) : []), [load]);
  const byConnection = useSignal(false);
  if (load === undefined) return null;
  const { requests } = load;
  const sum = (of: (request: PageRequest) => number) => requests.reduce((total, request) => total + of(request), 0);
  const sent = requests.filter(({ connection }) => connection !== '').length;
  return (
    <div class="page-load">
      <p>
        {texts.summary(
          requests.length,
          sent,
          sum(({ bytes }) => bytes),
          sum(({ saved }) => saved),
        )}
      </p>
      <div class="tools">
        <ul class="phases">
          {PHASES.filter((phase) => requests.some(({ phases }) => phases.some((each) => each.phase === phase))).map(
            (phase) => (
              <li key={phase}>
                <i class={COLOURS[phase]} aria-hidden="true" /> {texts.phases[phase]}
              </li>
            ),
          )}
        </ul>
        <Toggle class="button" label={texts.connections} title={texts.connectionsSays} isOn={byConnection} />
      </div>
      <div class="requests-axis" aria-hidden="true">
        {ticks(0, load.duration, 4).map((tick) => (
          <span key={tick} style={{ left: `${(100 * tick) / (load.duration || 1)}%` }}>
            {tick === 0 ? '0' : duration(tick)}
          </span>
        ))}
      </div>
      {byConnection.value ? (
        <Connections load={load} />
      ) : (
        <ol class="requests" aria-label={texts.requestsOfThePage}>
          {requests.map((request, index) => (
            <Row
              key={request.node.key}
              request={request}
              journey={journey}
              load={load}
              isCritical={critical.has(index)}
            />
          ))}
        </ol>
      )}
      <p class="quiet">
        <span class="critical-mark" aria-hidden="true" /> {texts.criticalPath}
      </p>
      <WhatIf load={load} />
      <NotFetched journey={journey} />
    </div>
  );
}

type RowProps = { request: PageRequest; journey: Journey; load: PageLoad; isCritical: boolean };

function Row({ request, journey, load, isCritical }: RowProps) {
  const { initiator, kind, cache, status, bytes, start, end, failed, priority, node } = request;
  const first = load.requests[initiator ?? -1];
  const outcome = ownProperty(texts.caches, cache) ?? (status === null ? texts.noAnswer : String(status));
  const by = first ? texts.namedBy(initiator === 0 ? texts.theDocument : nameOf(first)) : '';
  return (
    <li class={`${isCritical ? 'is-critical' : ''} ${failed ? 'is-failed' : ''}`}>
      <a href={journeyAddress(journey.traceId, { request: node.span.spanId })} title={request.url}>
        <span class="request-name">
          <bdi>{nameOf(request)}</bdi>
          {isCritical && <span class="hidden-label">{texts.isCritical}</span>}
        </span>
        <span class="request-facts">
          {[outcome, bytes > 0 && texts.bytes(bytes), kind, priority && texts.priority(priority), by]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <Bar requests={[request]} load={load} />
        <span class="request-time">{duration(end - start)}</span>
      </a>
    </li>
  );
}

function Connections({ load }: { load: PageLoad }) {
  const lanes = [...Map.groupBy(load.requests, ({ connection }) => connection || texts.noConnection)];
  return (
    <ol class="requests" aria-label={texts.connections}>
      {lanes
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, requests]) => (
          <li key={name} class="lane">
            <span class="request-name">{name}</span>
            <span class="request-facts">{requests.map(nameOf).join(', ')}</span>
            <Bar requests={requests} load={load} withoutQueue />
          </li>
        ))}
    </ol>
  );
}

/** The phases of requests on one line; each says itself when it is hovered over. */
function Bar({ requests, load, withoutQueue }: { requests: PageRequest[]; load: PageLoad; withoutQueue?: boolean }) {
  const part = (ms: number) => `${(100 * ms) / (load.duration || 1)}%`;
  return (
    <span class="request-bar" aria-hidden="true">
      {requests.flatMap((request) =>
        request.phases
          .filter(({ phase }) => !withoutQueue || phase !== 'queued')
          .map(({ phase, from, to }) => (
            <i
              key={`${request.node.key}${phase}`}
              class={COLOURS[phase]}
              style={{ left: part(from), width: part(to - from) }}
              title={texts.phaseTook(texts.phases[phase], duration(to - from))}
            />
          )),
      )}
    </span>
  );
}

function WhatIf({ load }: { load: PageLoad }) {
  const request = useSignal(0);
  const change = useSignal<keyof typeof texts.changes>('cached');
  const after =
    change.value === 'one'
      ? durationWith(load, { kind: 'connections', count: 1 })
      : durationWith(load, { kind: change.value, request: request.value, ms: 100 });
  const files = load.requests.map((each, index) => [index, nameOf(each)] as const);
  const changes = Object.entries(texts.changes) as [keyof typeof texts.changes, string][];
  return (
    <fieldset class="what-if">
      <legend>{texts.whatIf}</legend>
      <Select label={texts.which} value={request} options={files} />
      <Select label={texts.change} value={change} options={changes} />
      <output>{texts.computed(duration(load.duration), duration(after), difference(after - load.duration))}</output>
    </fieldset>
  );
}

function NotFetched({ journey }: { journey: Journey }) {
  const attributes = journey.tree.roots[0]?.span.attributes ?? {};
  const left = attributes[ATTR_PAGE_NOT_FETCHED];
  if (!Array.isArray(left)) return null;
  return (
    <>
      <p>{texts.notFetched(Number(attributes[ATTR_PAGE_NOT_FETCHED_COUNT]))}</p>
      <ul class="not-fetched">
        {left.map((each) => (
          <li key={String(each)}>{String(each)}</li>
        ))}
      </ul>
    </>
  );
}

/** The last part of an address: `style.css`, or the path of a page. */
function nameOf({ url }: PageRequest): string {
  const { pathname = url, search = '' } = URL.parse(url) ?? {};
  return (pathname.endsWith('/') ? pathname : pathname.replace(/^.*\//, '')) + search;
}
