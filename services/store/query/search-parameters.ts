// The parameters of a search, in camelCase and in snake_case, checked in Jaeger's order and with its messages.

import { parseBool } from '../storage/match.ts';
import type { Query } from '../storage/storage.ts';
import { BadValue, parseDuration, parseInteger, parseTime, quote } from './go-values.ts';

const DEFAULT_DEPTH = 100;

/** A search: what is asked for, and how many traces at most. */
export type Search = { query: Query; depth: number };

/** Reads the search that `parameters` describe. Throws BadValue. */
export function readSearch(parameters: URLSearchParams): Search {
  const service = parameter(parameters, 'query.serviceName');
  const operation = parameter(parameters, 'query.operationName');
  const attributes = read(parameters, ['query.attributes'], parseAttributes);

  const min = parameter(parameters, 'query.startTimeMin');
  const max = parameter(parameters, 'query.startTimeMax');
  if (min === undefined || max === undefined) {
    throw new BadValue('query.startTimeMin and query.startTimeMax are required');
  }
  const from = read(parameters, both('query.startTimeMin'), parseTime) as bigint;
  const to = read(parameters, both('query.startTimeMax'), parseTime) as bigint;
  if (from >= to) throw new BadValue('query.startTimeMin must be before query.startTimeMax');

  const depthNames = [...both('query.searchDepth'), 'query.num_traces'];
  const depth = read(parameters, depthNames, (text) => parseInteger(text, 'Atoi')) ?? DEFAULT_DEPTH;
  const shortest = read(parameters, both('query.durationMin'), parseDuration);
  const longest = read(parameters, both('query.durationMax'), parseDuration);
  readRaw(parameters, 'query.rawTraces');

  const query: Query = {
    from,
    to,
    ...(service !== undefined && { service }),
    ...(operation !== undefined && { operation }),
    ...(attributes && { attributes }),
    ...(shortest && { shortest }), // 0 is no bound, as in Jaeger
    ...(longest && { longest }),
  };
  return { query, depth };
}

/** Checks the times and the `rawTraces` that may stand with the id of a trace. Throws BadValue. They change nothing. */
export function checkTraceParameters(parameters: URLSearchParams): void {
  read(parameters, both('startTime'), parseTime);
  read(parameters, both('endTime'), parseTime);
  readRaw(parameters, 'rawTraces');
}

/** A parameter by its camelCase name, else by its snake_case one; undefined when it is empty or not there. */
export function parameter(parameters: URLSearchParams, name: string): string | undefined {
  for (const each of both(name)) {
    const value = parameters.get(each);
    if (value) return value;
  }
  return undefined;
}

function both(name: string): string[] {
  return [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function read<T>(parameters: URLSearchParams, names: string[], parse: (text: string) => T): T | undefined {
  const name = names.find((each) => parameters.get(each));
  if (name === undefined) return undefined;
  try {
    return parse(parameters.get(name) as string);
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(`malformed parameter ${name}: ${error.message}`) : error;
  }
}

function readRaw(parameters: URLSearchParams, name: string): void {
  read(parameters, both(name), (text) => {
    if (parseBool(text) === undefined) throw new BadValue(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
  });
}

function parseAttributes(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadValue((error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadValue(`json: cannot unmarshal ${goType(value)} into Go value of type map[string]string`);
  }
  for (const each of Object.values(value)) {
    if (typeof each !== 'string')
      throw new BadValue(`json: cannot unmarshal ${goType(each)} into Go value of type string`);
  }
  return value as Record<string, string>;
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
