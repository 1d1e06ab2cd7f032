// OTEL_* variables that a shell may have for another program, and that would silently keep the lab's traces from being complete: each
// in one sentence, with its effect. `npm start` and `npm run doctor` print them.

import { unreadVariables } from './variables.ts';

const OTLP_PATH = '/v1/traces';
const LAB_RECEIVER = 'http://127.0.0.1:4318';
/** Batches that leave later than this arrive after the commands have stopped waiting, in ms. */
const MAX_DELAY_MS = 2000;
const MIN_TIMEOUT_MS = 500;
const MIN_QUEUE = 2048;
/** What the contract's spans need: attributes, events and links, and characters of the longest text. */
const MIN_ATTRIBUTES = 32;
const MIN_EVENTS = 64;
const MIN_TEXT_LENGTH = 4096;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What would make traces incomplete in `environment`, one sentence for each variable.
 * `receiver` is where the lab's spans are sent; one outside of the lab may take what its own store does not (gRPC).
 */
export function telemetryWarnings(
  environment: Environment,
  receiver: { url: string; isOutside: boolean } = { url: LAB_RECEIVER, isOutside: false },
): string[] {
  const unread = unreadVariables(environment);
  const warnings = unread.map(({ name, value, reason }) => `${name} is "${value}": ${reason}. It is ignored.`);
  const read = (name: string) =>
    unread.some((each) => each.name === name) ? undefined : environment[name]?.trim() || undefined;
  /** Of the variables of these names, the one that counts: that of traces before the common one. */
  const check = (names: string[], isWrong: (value: string) => boolean, follows: string) => {
    const name = names.find((each) => read(each) !== undefined);
    const value = name && read(name);
    if (name && value && isWrong(value.toLowerCase())) warnings.push(`${name} is "${value}": ${follows} Unset it.`);
  };
  const below = (min: number) => (value: string) => Number(value) < min;
  const tooShort = (value: string) => value !== '0' && Number(value) < MIN_TIMEOUT_MS; // 0: no limit

  check(['OTEL_SDK_DISABLED'], (value) => value === 'true', 'no service records spans.');
  check(
    ['OTEL_TRACES_EXPORTER'],
    (value) => !exportsOtlp(value),
    'spans are not exported as OTLP, so no trace is stored.',
  );
  check(['OTEL_TRACES_SAMPLER'], (value) => value.endsWith('always_off'), 'requests are not traced.');
  if (read('OTEL_TRACES_SAMPLER')?.endsWith('traceidratio')) {
    check(['OTEL_TRACES_SAMPLER_ARG'], below(1), 'only that share of the requests is traced.');
  }
  check(
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    (value) => URL.parse(value)?.href !== URL.parse(receiver.url.replace(/\/?$/, OTLP_PATH).toLowerCase())?.href,
    `spans go there, not to ${receiver.url}${OTLP_PATH}, where this lab's traces are stored.`,
  );
  if (!receiver.isOutside && read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') === undefined) {
    check(
      ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
      (value) => value === 'grpc',
      "the lab's store takes OTLP over HTTP only, so spans are sent as http/json.",
    );
  }
  check(['OTEL_SERVICE_NAME'], () => true, 'each service of the lab keeps its own name.');
  check(
    ['OTEL_RESOURCE_ATTRIBUTES'],
    (value) => OWN_ATTRIBUTES.test(value),
    "service.name, service.version, service.instance.id and process.pid are each process's own.",
  );
  check(
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
    tooShort,
    'it is in ms, so exports time out before they are answered, and their spans are lost.',
  );
  check(['OTEL_BSP_EXPORT_TIMEOUT'], tooShort, 'exports time out before they are answered.');
  check(
    ['OTEL_BSP_SCHEDULE_DELAY'],
    (value) => Number(value) > MAX_DELAY_MS,
    'spans are exported that many ms late, when no command waits for the trace any more.',
  );
  check(['OTEL_BSP_MAX_QUEUE_SIZE'], below(MIN_QUEUE), 'spans beyond that number are lost when requests come fast.');
  check(
    ['OTEL_PROPAGATORS'],
    (value) => !value.split(',').some((each) => each.trim() === 'tracecontext') || /\bnone\b/.test(value),
    'services do not propagate the trace context, so each starts a trace of its own.',
  );
  for (const [names, min] of LIMITS) check(names, below(min), 'spans lose some of their attributes, events or links.');
  return warnings;
}

const OWN_ATTRIBUTES = /(^|,)\s*(service\.(name|version|instance\.id)|process\.pid)\s*=/;

const LIMITS: [names: string[], min: number][] = [
  [['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'], MIN_ATTRIBUTES],
  [['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'], MIN_TEXT_LENGTH],
  [['OTEL_SPAN_EVENT_COUNT_LIMIT'], MIN_EVENTS],
  [['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'], 4],
  [['OTEL_SPAN_LINK_COUNT_LIMIT'], 1],
];

/** As sdk-node reads it: the first `none` switches all off, beside others it is ignored. */
function exportsOtlp(value: string): boolean {
  const names = value.split(',').map((name) => name.trim());
  return names[0] !== 'none' && (names.includes('otlp') || names.includes('none'));
}
