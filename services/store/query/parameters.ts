// The parameters of a search: those of /api/v3, in camelCase and in snake_case, and those of the older paths.

import type { Query } from '../storage/storage.ts';
import { BadValue, boolean, duration, integer, rephrase, strings, time } from './values.ts';

const DEFAULT_DEPTH = 100;
const DAY_US = 24 * 60 * 60 * 1e6;

/** A search: its conditions, and how many traces at most. */
export type Search = { query: Query; depth: number };

/** Reads the parameters of a search by /api/v3. Throws BadValue. */
export function readSearch(parameters: URLSearchParams): Search {
  const read = reader(parameters, (name, message) => `malformed parameter ${name}: ${message}`);
  const from = read(both('query.startTimeMin'), time);
  const to = read(both('query.startTimeMax'), time);
  if (from === undefined || to === undefined) {
    throw new BadValue('query.startTimeMin and query.startTimeMax are required');
  }
  if (from >= to) throw new BadValue('query.startTimeMin must be before query.startTimeMax');
  read(both('query.rawTraces'), boolean);
  return {
    query: queryOf({
      from,
      to,
      service: parameter(parameters, 'query.serviceName'),
      operation: parameter(parameters, 'query.operationName'),
      attributes: read(['query.attributes'], strings),
      shortest: read(both('query.durationMin'), duration),
      longest: read(both('query.durationMax'), duration),
    }),
    depth: read([...both('query.searchDepth'), 'query.num_traces'], integer) ?? DEFAULT_DEPTH,
  };
}

/** Reads the parameters of a search by the older /api/traces; times in µs since 1970, of the last two days unless given. */
export function readOldSearch(parameters: URLSearchParams): Search {
  const read = oldReader(parameters);
  const now = Date.now() * 1000;
  const service = parameters.get('service');
  if (!service) throw new BadValue("parameter 'service' is required");
  const shortest = read(['minDuration'], duration);
  const longest = read(['maxDuration'], duration);
  if (shortest && longest && longest < shortest)
    throw new BadValue("'maxDuration' should be greater than 'minDuration'");
  return {
    query: queryOf({
      from: BigInt(read(['start'], integer) ?? now - 2 * DAY_US) * 1000n,
      to: BigInt(read(['end'], integer) ?? now) * 1000n,
      service,
      operation: parameters.get('operation') || undefined,
      attributes: readTags(parameters),
      shortest,
      longest,
    }),
    depth: read(['limit'], integer) ?? DEFAULT_DEPTH,
  };
}

/** Checks the times and the `rawTraces` that may stand with the id of a trace. Throws BadValue. They change nothing. */
export function checkTraceParameters(parameters: URLSearchParams): void {
  const read = reader(parameters, (name, message) => `malformed parameter ${name}: ${message}`);
  read(both('startTime'), time);
  read(both('endTime'), time);
  read(both('rawTraces'), boolean);
}

/** Reads a parameter of the older paths, by one of its names. */
export function oldReader(parameters: URLSearchParams) {
  return reader(parameters, (name, message) => `unable to parse param '${name}': ${message}`);
}

/** A parameter by its camelCase name, else by its snake_case one; undefined when it is empty or absent. */
export function parameter(parameters: URLSearchParams, name: string): string | undefined {
  const [camel, snake] = both(name).map((each) => parameters.get(each));
  return camel || snake || undefined;
}

function both(name: string): string[] {
  return [name, name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)];
}

/** A function that reads the first of some parameters that is not empty; undefined if all are. */
function reader(parameters: URLSearchParams, phrase: (name: string, message: string) => string) {
  return function read<T>(names: string[], parse: (text: string) => T): T | undefined {
    const name = names.find((each) => parameters.get(each));
    if (name === undefined) return undefined;
    const parsed = () => parse(parameters.get(name) as string);
    return rephrase(parsed, (message) => phrase(name, message));
  };
}

/** `tag=key:value`, and `tags={"key":"value"}`, each any number of times. */
function readTags(parameters: URLSearchParams): Map<string, string> {
  const pairs = parameters.getAll('tag').map((tag): [string, string] => {
    const [key = '', ...value] = tag.split(':');
    if (value.length === 0) throw new BadValue(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    return [key, value.join(':')];
  });
  const malformed = (message: string) => `malformed 'tags' parameter: ${message}`;
  const objects = parameters.getAll('tags').flatMap((text) => [...rephrase(() => strings(text), malformed)]);
  return new Map([...pairs, ...objects]);
}

/** Without what is not given; a duration of 0 is not a bound. */
function queryOf(given: { from: bigint; to: bigint } & { [K in keyof Query]?: Query[K] | undefined }): Query {
  const set = Object.entries(given).filter(([name, value]) => name === 'from' || name === 'to' || value);
  return Object.fromEntries(set) as Query;
}
