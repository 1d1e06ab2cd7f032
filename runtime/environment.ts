// How each service's config.ts reads the environment: declared with envalid, checked once at start.

import { cleanEnv, EnvError, EnvMissingError, makeValidator } from 'envalid';
import { type Bounds, boundsText, isWithin, LONGEST_MS } from './bounds.ts';
import { endpoint } from './net/endpoint.ts';

type Specs = Parameters<typeof cleanEnv>[1];

/**
 * Reads and checks what `specs` declares from `environment`.
 * Throws one Error that lists every variable that is missing or wrong, with what it is for.
 */
export function readEnvironment<S extends Specs>(environment: NodeJS.ProcessEnv, specs: S) {
  return cleanEnv(environment, specs, {
    reporter: ({ errors }) => {
      const lines = Object.entries(errors).map(([name, error]) => {
        const given = error instanceof EnvMissingError ? 'is not set' : `is "${environment[name]}"`;
        const reason = error instanceof EnvError && !(error instanceof EnvMissingError) ? `: ${error.message}` : '';
        const spec = (specs as Record<string, { desc?: string }>)[name];
        return `  ${name} ${given}${reason}${spec?.desc ? ` (${spec.desc})` : ''}`;
      });
      if (lines.length > 0) throw new Error(`The environment is not right:\n${lines.join('\n')}`);
    },
  });
}

/** A list of `host:port`, separated by commas. */
export const endpoints = makeValidator((text) =>
  text.split(',').map((each) => {
    const found = endpoint(each.trim());
    if (found === undefined) throw new EnvError(`"${each.trim()}" is not host:port`);
    return found;
  }),
);

type Setting = { default: number; desc: string };

/** A whole number: of at least 0 and at most a million, unless `least` and `most` say more. */
export function count({ least = 0, most = 1_000_000, ...setting }: Setting & Partial<Bounds>) {
  return wholeNumber({ least, most })(setting);
}

/** A time in ms that a timer can wait; 0 only with `least: 0`, where it means something. */
export function milliseconds({ least = 1, most = LONGEST_MS, ...setting }: Setting & Partial<Bounds>) {
  return wholeNumber({ least, most, unit: 'ms' })(setting);
}

function wholeNumber(bounds: Bounds) {
  return makeValidator((text) => {
    const number = /^\d+$/.test(text) ? Number(text) : undefined;
    if (!isWithin(number, bounds)) throw new EnvError(`it takes ${boundsText(bounds)}`);
    return number;
  });
}

/** Names by which the lab's private ports may be asked, separated by commas: see http/guard.ts. */
export const hostNames = makeValidator((text) =>
  text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
);
