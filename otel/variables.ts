// Every OTEL_* variable of OpenTelemetry's specification, and those of its SDK for Node: what it takes here, or why it is not
// read. A value that it does not take is treated as not set, as the specification wants, so that no trace is lost by it;
// warnings.ts names each. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { accessSync, constants } from 'node:fs';
import { hasInstrumentation } from './instrumentations.ts';

/** What is wrong with a value, as the end of a sentence ("it takes …"); undefined for one that is taken. */
type Check = (value: string) => string | undefined;

/** A check, or why the variable is not read at all. */
type Variable = Check | { ignored: string };

/** The specification's largest integer, which is also the longest that a timer of Node waits, in ms. */
export const LARGEST = 2 ** 31 - 1;
const PROPAGATORS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'];
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);
const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'];
const NOT_IN_NODE = { ignored: "OpenTelemetry's SDK for Node does not have it" };

const VARIABLES: Readonly<Record<string, Variable>> = {
  OTEL_SDK_DISABLED: oneOf(['true', 'false']),
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_SERVICE_NAME: text,
  OTEL_ENTITIES: NOT_IN_NODE,
  OTEL_LOG_LEVEL: oneOf(LOG_LEVELS),
  OTEL_PROPAGATORS: listOf(PROPAGATORS),
  OTEL_TRACES_SAMPLER: oneOf(SAMPLERS),
  OTEL_TRACES_SAMPLER_ARG: (value) => (inRange(Number(value), 0, 1) ? undefined : 'it takes a number from 0 to 1'),
  OTEL_CONFIG_FILE: { ignored: 'the lab reads the other OTEL_* variables, not a file' },
  OTEL_EXPERIMENTAL_CONFIG_FILE: { ignored: 'the lab reads the other OTEL_* variables, not a file' },
  OTEL_NODE_RESOURCE_DETECTORS: {
    ignored: "the lab's services describe themselves; OTEL_RESOURCE_ATTRIBUTES adds to it",
  },
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: instrumentations,
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: instrumentations,
  OTEL_NODE_EXPERIMENTAL_SDK_METRICS: oneOf(['true', 'false']),
  OTEL_SEMCONV_STABILITY_OPT_IN: text,

  ...batches('OTEL_BSP'),
  ...batches('OTEL_BLRP'),
  ...limits('OTEL', ['ATTRIBUTE_VALUE_LENGTH', 'ATTRIBUTE_COUNT', 'EVENT_ATTRIBUTE_COUNT', 'LINK_ATTRIBUTE_COUNT']),
  ...limits('OTEL_SPAN', ['ATTRIBUTE_VALUE_LENGTH', 'ATTRIBUTE_COUNT', 'EVENT_COUNT', 'LINK_COUNT']),
  ...limits('OTEL_SPAN', ['ATTRIBUTE_PER_EVENT_COUNT', 'ATTRIBUTE_PER_LINK_COUNT']),
  ...limits('OTEL_LOGRECORD', ['ATTRIBUTE_VALUE_LENGTH', 'ATTRIBUTE_COUNT']),

  OTEL_TRACES_EXPORTER: listOf(['otlp', 'zipkin', 'console', 'none']),
  OTEL_METRICS_EXPORTER: listOf(['otlp', 'prometheus', 'console', 'none']),
  OTEL_LOGS_EXPORTER: listOf(['otlp', 'console', 'none']),
  OTEL_METRIC_EXPORT_INTERVAL: integer(1),
  OTEL_METRIC_EXPORT_TIMEOUT: integer(1),
  OTEL_METRICS_EXEMPLAR_FILTER: NOT_IN_NODE,
  OTEL_EXPORTER_PROMETHEUS_HOST: text,
  OTEL_EXPORTER_PROMETHEUS_PORT: integer(0, 65_535),
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: url,
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: NOT_IN_NODE,
  OTEL_EXPORTER_ZIPKIN_PROTOCOL: NOT_IN_NODE,
  ...Object.fromEntries(['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) => otlp(`OTEL_EXPORTER_OTLP_${signal}`))),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: oneOf(['cumulative', 'delta', 'lowmemory']),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: NOT_IN_NODE,
};

/** A variable that is not read, or whose value is not taken, and why. */
export type Unread = { name: string; value: string; reason: string };

/** The OTEL_* variables of `environment` that are not read as they stand; those of other languages are nobody's concern here. */
export function unreadVariables(environment: Readonly<Record<string, string | undefined>>): Unread[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const trimmed = value.trim();
    if (!name.startsWith('OTEL_') || trimmed === '' || OTHERS.test(name)) return [];
    const variable = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : UNKNOWN;
    const reason = typeof variable === 'function' ? variable(trimmed) : variable?.ignored;
    return reason === undefined ? [] : [{ name, value, reason }];
  });
}

const OTHERS = /^OTEL_(PYTHON|JAVA|JAVAAGENT|DOTNET|GO|PHP|RUBY|CPP|RUST|INSTRUMENTATION|JMX)_/;
const UNKNOWN = { ignored: 'OpenTelemetry has no variable of that name' };

function batches(prefix: string): Record<string, Variable> {
  return {
    [`${prefix}_SCHEDULE_DELAY`]: integer(1),
    [`${prefix}_EXPORT_TIMEOUT`]: integer(0),
    [`${prefix}_MAX_QUEUE_SIZE`]: integer(1),
    [`${prefix}_MAX_EXPORT_BATCH_SIZE`]: integer(1),
  };
}

function limits(prefix: string, names: string[]): Record<string, Variable> {
  return Object.fromEntries(names.map((name) => [`${prefix}_${name}_LIMIT`, integer(0)]));
}

function otlp(prefix: string): [name: string, variable: Variable][] {
  return [
    [`${prefix}ENDPOINT`, url],
    [`${prefix}PROTOCOL`, oneOf(['http/json', 'http/protobuf', 'grpc'])],
    [`${prefix}HEADERS`, headers],
    [`${prefix}COMPRESSION`, oneOf(['gzip', 'none'])],
    [`${prefix}TIMEOUT`, integer(0)],
    [`${prefix}INSECURE`, oneOf(['true', 'false'])],
    [`${prefix}CERTIFICATE`, file],
    [`${prefix}CLIENT_KEY`, file],
    [`${prefix}CLIENT_CERTIFICATE`, file],
  ];
}

function text(): undefined {}

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

/** Headers that say how the export itself is written, where it goes, or that a browser sent it; each is refused, or lies. */
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
