// The faults of the telemetry: what can be wrong with how a service traces itself, the same for each service that it applies to.
// apply.ts makes each of them by a propagator, sampler, span processor or limit of OpenTelemetry.

type Kind =
  | { kind: 'switch'; default: false }
  | { kind: 'number'; default: number; range: { min: number; max: number; unit: string } }
  | { kind: 'choice'; default: string; choices: readonly string[] };

/** `services`: whose telemetry can have it; `sentence` and `look` as those of other faults. */
export type TelemetryFault = Kind & { title: string; sentence: string; look: string; services: readonly string[] };

const CALLED = ['dns', 'router', 'proxy', 'gateway', 'app'] as const;
const ALL = ['visitor', ...CALLED] as const;
const SENDERS = ['visitor', 'proxy', 'gateway'] as const;

const off = { kind: 'switch', default: false } as const;
const number = (value: number, min: number, max: number, unit: string) =>
  ({ kind: 'number', default: value, range: { min, max, unit } }) as const;

export const TELEMETRY_FAULTS = {
  context: {
    title: 'The context is not passed on',
    sentence:
      'Requests leave without traceparent (dropped), with the context in the format B3 alone (b3), or with a traceparent that is cut in half (malformed).',
    look: 'The trace ends at the request; another trace begins at the next service.',
    services: SENDERS,
    kind: 'choice',
    default: 'w3c',
    choices: ['w3c', 'dropped', 'b3', 'malformed'],
  },
  option: {
    title: 'A middlebox strips the DNS option',
    sentence: 'DNS queries arrive without the EDNS0 option 65500, which carries the context.',
    look: 'The trace has no `resolve` or `answer`: another trace begins with it.',
    services: ['visitor', 'dns'],
    ...off,
  },
  field: {
    title: 'The PROXY header has no context',
    sentence: 'The PROXY header is sent on without the field E0, which carries the context.',
    look: 'Routers that are behind it begin traces of their own, each with one `forward`.',
    services: ['visitor', 'router'],
    ...off,
  },
  newTrace: {
    title: 'A new trace begins here',
    sentence: 'The service ignores the context that it receives, and begins a trace of its own.',
    look: 'Two traces of one request: the second begins at this service.',
    services: CALLED,
    ...off,
  },
  exports: {
    title: 'Spans are lost or late',
    sentence:
      'Spans are not exported (off), wait in a queue of one span while each export takes half a second (queue), are sent to a receiver that refuses them (refused), or are exported 5 s late (late); or the process is killed after each request, before it exports its spans, and started again (killed).',
    look: 'The service, or some of its spans, are missing; spans below those have no parent.',
    services: ALL,
    kind: 'choice',
    default: 'on',
    choices: ['on', 'off', 'queue', 'refused', 'late', 'killed'],
  },
  clock: {
    title: 'The clock is wrong',
    sentence:
      'The clock of this service is this number of ms ahead (negative: behind), and so is every time in its spans.',
    look: 'Spans begin before the request that caused them, or after its response.',
    services: ALL,
    ...number(0, -600_000, 600_000, 'ms'),
  },
  drift: {
    title: 'The clock drifts',
    sentence: 'From now on, the clock of this service gains this number of ms every second (negative: loses).',
    look: 'Send several requests: each is shifted further than the one before.',
    services: ALL,
    ...number(0, -1000, 1000, 'ms/s'),
  },
  ratio: {
    title: 'Head sampling',
    sentence: 'A TraceIdRatioBased sampler records only this share of traces; it decides when the first span begins.',
    look: 'Some traces have no span of this service. Services that sample by themselves have spans without a parent.',
    services: ALL,
    ...number(100, 0, 100, 'percent'),
  },
  parentBased: {
    title: 'ParentBased sampling',
    sentence: 'The sampler is wrapped in ParentBased: it records what its caller has sampled, and nothing else.',
    look: 'With visitor.telemetry.ratio=50: a trace is recorded as a whole, or not at all, once every service has this.',
    services: CALLED,
    ...off,
  },
  tail: {
    title: 'Tail sampling by each service',
    sentence: 'The service keeps its part of a trace only if one of its spans failed or took 500 ms or longer.',
    look: 'Parts of quick requests are missing: a tail sampler must see the whole trace.',
    services: ALL,
    ...off,
  },
  serviceName: {
    title: 'No service.name',
    sentence: 'The resource does not name the service.',
    look: 'Its spans belong to `unknown_service:node`.',
    services: ALL,
    ...off,
  },
  names: {
    title: 'Span names with ids',
    sentence: 'Each span has an id in its name.',
    look: 'No name comes twice, so nothing can be counted or compared by name.',
    services: ALL,
    ...off,
  },
  status: {
    title: 'Errors without a status',
    sentence: 'Spans that fail keep the status unset.',
    look: 'Send a request that fails: a search for errors does not find this service.',
    services: ALL,
    ...off,
  },
  unended: {
    title: 'A span is never ended',
    sentence: 'The first span of this service in a request is never ended, so it is never exported.',
    look: 'The spans below it have no parent.',
    services: ALL,
    ...off,
  },
  baggage: {
    title: 'Baggage leaks',
    sentence: 'The e-mail address of a user is put into the baggage, which is sent with every request.',
    look: 'The header `baggage` in the request to the next service, and to every service after that.',
    services: SENDERS,
    ...off,
  },
  length: {
    title: 'Attributes are cut',
    sentence: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: longer texts are cut after this number of characters (0: no limit).',
    look: 'The values of attributes end in the middle of a word.',
    services: ALL,
    ...number(0, 0, 100_000, 'characters'),
  },
  limit: {
    title: 'Span limits are reached',
    sentence: 'A span keeps at most this number of attributes, and of events; the SDK drops the others.',
    look: 'Attributes are missing, and the span counts those that were dropped.',
    services: ALL,
    ...number(128, 1, 128, 'each'),
  },
} as const satisfies Record<string, TelemetryFault>;

export type TelemetryFaultName = keyof typeof TELEMETRY_FAULTS;

/** Those of a service, by their names. */
export function telemetryFaultsOf(service: string): [TelemetryFaultName, TelemetryFault][] {
  const all = Object.entries(TELEMETRY_FAULTS) as [TelemetryFaultName, TelemetryFault][];
  return all
    .filter(([, { services }]) => services.includes(service))
    .map(([name, fault]) => [name, service === 'visitor' ? withoutKill(fault) : fault]);
}

/** The visitor would be killed before it has answered. */
function withoutKill(fault: TelemetryFault): TelemetryFault {
  return fault.kind === 'choice' ? { ...fault, choices: fault.choices.filter((each) => each !== 'killed') } : fault;
}

type ValueOf<F> = F extends { kind: 'switch' } ? boolean : F extends { kind: 'number' } ? number : string;
export type TelemetryValues = { -readonly [N in TelemetryFaultName]: ValueOf<(typeof TELEMETRY_FAULTS)[N]> };

/** Of a service without a fault. */
export const DEFAULTS = Object.fromEntries(
  Object.entries(TELEMETRY_FAULTS).map(([name, fault]) => [name, fault.default]),
) as TelemetryValues;
