// How each service's config.ts reads the environment: declared with envalid, checked once at start.

import { cleanEnv, EnvError, EnvMissingError, makeValidator } from 'envalid';
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

/** A whole number of at least 0, such as a time in ms or a bound. */
export const count = makeValidator((text) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new EnvError('not a whole number of at least 0');
  return number;
});
