// Every OTEL_* variable of OpenTelemetry's specification, and those of its SDK for Node: what it takes here, or why it is not
// read. A value that is not valid counts as not set, as the specification wants, so that no trace is lost by it; warnings.ts
// reports each. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { accessSync, constants } from 'node:fs';
import { hasInstrumentation } from './instrumentations.ts';

/** What is wrong with a value, as the end of a sentence ("it takes …"); undefined for a valid one. */
type Check = (value: string) => string | undefined;

/** The specification's largest integer, which is also the longest that a timer of Node waits, in ms. */
export const LARGEST = 2 ** 31 - 1;
const PROPAGATORS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'];
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);
const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'];

/** The names behind OTEL_, and what those variables take; the first rule that matches counts. */
const RULES: readonly [names: RegExp, check: Check][] = [
  [/^(SDK_DISABLED|NODE_EXPERIMENTAL_SDK_METRICS)$/, oneOf(['true', 'false'])],
  [/^(SERVICE_NAME|SEMCONV_STABILITY_OPT_IN|EXPORTER_PROMETHEUS_HOST)$/, () => undefined],
  [/^RESOURCE_ATTRIBUTES$/, pairs],
  [/^LOG_LEVEL$/, oneOf(LOG_LEVELS)],
  [/^PROPAGATORS$/, listOf(PROPAGATORS)],
  [/^TRACES_SAMPLER$/, oneOf(SAMPLERS)],
  [/^TRACES_SAMPLER_ARG$/, (value) => (inRange(Number(value), 0, 1) ? undefined : 'it takes a number from 0 to 1')],
  [/^NODE_(ENABLED|DISABLED)_INSTRUMENTATIONS$/, instrumentations],
  [/^(BSP|BLRP)_(SCHEDULE_DELAY|MAX_QUEUE_SIZE|MAX_EXPORT_BATCH_SIZE)$/, integer(1)],
  [/^METRIC_EXPORT_(INTERVAL|TIMEOUT)$/, integer(1)],
  [/^(BSP|BLRP)_EXPORT_TIMEOUT$/, integer(0)],
  [/^((SPAN|LOGRECORD)_)?ATTRIBUTE_(VALUE_LENGTH|COUNT)_LIMIT$/, integer(0)],
  [/^(SPAN_(EVENT|LINK|ATTRIBUTE_PER_EVENT|ATTRIBUTE_PER_LINK)|(EVENT|LINK)_ATTRIBUTE)_COUNT_LIMIT$/, integer(0)],
  [/^TRACES_EXPORTER$/, listOf(['otlp', 'zipkin', 'console', 'none'])],
  [/^METRICS_EXPORTER$/, listOf(['otlp', 'prometheus', 'console', 'none'])],
  [/^LOGS_EXPORTER$/, listOf(['otlp', 'console', 'none'])],
  [/^EXPORTER_PROMETHEUS_PORT$/, integer(0, 65_535)],
  [/^EXPORTER_ZIPKIN_ENDPOINT$/, url],
  [otlp('ENDPOINT'), url],
  [otlp('TIMEOUT'), integer(0)],
  [otlp('INSECURE'), oneOf(['true', 'false'])],
  [otlp('PROTOCOL'), oneOf(['http/json', 'http/protobuf', 'grpc'])],
  [otlp('HEADERS'), headers],
  [otlp('COMPRESSION'), oneOf(['gzip', 'none'])],
  [otlp('CERTIFICATE|CLIENT_KEY|CLIENT_CERTIFICATE'), file],
  [/^EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE$/, oneOf(['cumulative', 'delta', 'lowmemory'])],
  [/^(EXPERIMENTAL_)?CONFIG_FILE$/, () => 'the lab reads the other OTEL_* variables, not a file'],
  [/^NODE_RESOURCE_DETECTORS$/, () => "the lab's services describe themselves; OTEL_RESOURCE_ATTRIBUTES adds to it"],
  [
    /^(ENTITIES|METRICS_EXEMPLAR_FILTER|EXPORTER_ZIPKIN_(TIMEOUT|PROTOCOL)|EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION)$/,
    () => "OpenTelemetry's SDK for Node does not have it",
  ],
  [/^/, () => 'OpenTelemetry has no variable of that name'],
];

/** A variable that is not read, or whose value is not valid, and why. */
export type Unread = { name: string; value: string; reason: string };

/** The OTEL_* variables of `environment` that are not read as they stand; those of other languages do not concern the lab. */
export function unreadVariables(environment: Readonly<Record<string, string | undefined>>): Unread[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const trimmed = value.trim();
    if (!name.startsWith('OTEL_') || trimmed === '' || OTHERS.test(name)) return [];
    const [, check] = RULES.find(([names]) => names.test(name.slice('OTEL_'.length))) ?? [];
    const reason = check?.(trimmed);
    return reason === undefined ? [] : [{ name, value, reason }];
  });
}

const OTHERS = /^OTEL_(PYTHON|JAVA|JAVAAGENT|DOTNET|GO|PHP|RUBY|CPP|RUST|INSTRUMENTATION|JMX)_/;

/** For all signals, or for one. */
function otlp(names: string): RegExp {
  return new RegExp(`^EXPORTER_OTLP_(TRACES_|METRICS_|LOGS_)?(${names})$`);
}

function integer(min: number, max = LARGEST): Check {
  const takes = `it takes a whole number from ${min} to ${max}`;
  return (value) => (/^\d+$/.test(value) && inRange(Number(value), min, max) ? undefined : takes);
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function oneOf(values: readonly string[]): Check {
  return (value) => (values.includes(value.toLowerCase()) ? undefined : `it takes ${values.join(', ')}`);
}

function listOf(values: readonly string[]): Check {
  const takes = `it takes, separated by commas, ${values.join(', ')}`;
  return (value) => (value.split(',').every((each) => values.includes(each.trim().toLowerCase())) ? undefined : takes);
}

function instrumentations(value: string): string | undefined {
  const unknown = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !hasInstrumentation(name));
  if (unknown.length === 0) return undefined;
  return `@opentelemetry/auto-instrumentations-node does not have ${unknown.join(', ')}; the others are switched on`;
}

function url(value: string): string | undefined {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '')
    ? undefined
    : 'it takes a URL that begins with http:// or https://';
}

function file(value: string): string | undefined {
  try {
    accessSync(value, constants.R_OK);
    return undefined;
  } catch {
    return 'it takes the path of a file that can be read';
  }
}

/** `key=value,key=value`, values percent-encoded, as W3C Baggage has them. */
function pairs(value: string): string | undefined {
  const isPair = (pair: string) => /^\s*[^\s=]+\s*=[\x20-\x7e]*$/.test(pair) && decoded(pair) !== undefined;
  return value.split(',').every(isPair) ? undefined : 'it takes key=value,key=value with percent-encoded values';
}

/** Headers that frame the export, address it, or mark it as a browser's: with these it would be refused. */
const OF_EXPORTS = /^(host|content-length|content-encoding|transfer-encoding|expect|upgrade|origin|sec-fetch-.*)$/i;

function headers(value: string): string | undefined {
  const wrong = value.split(',').find((pair) => {
    const [name = '', ...rest] = pair.split('=');
    if (pair.trim() === '') return false;
    if (rest.length === 0) return true;
    const text = decoded(rest.join('=')) ?? rest.join('=');
    return (
      !/^[!#$%&'*+.^_`|~\w-]+$/.test(name.trim()) ||
      !/^[\t\x20-\x7e\x80-\xff]*$/.test(text) ||
      OF_EXPORTS.test(name.trim())
    );
  });
  return wrong === undefined ? undefined : `exports with the header "${wrong.trim()}" would be refused`;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
