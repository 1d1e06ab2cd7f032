// Reads locations.ts, at the start and again after each change; an error names the line.

import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOwnAppHost } from '../../../runtime/own-app-hosts.ts';
import { withPlace } from '../../../runtime/wrong-line.ts';
import type { Target } from '../target.ts';
import { type LocationContext, type Rule, readBlocks, type ServerBlock } from './blocks.ts';
import { chooseRule, type RouteDecision } from './choose.ts';

/** Below the working directory. */
const FILE = resolve('services/proxy/locations.ts');

export type Routing = ReturnType<typeof createRouting>;

/**
 * Makes the routing of server blocks; the first is for every host that none of them names. `ownStatic` gives the rules that come before
 * those of the learner's own site. Throws as readBlocks.
 */
export function createRouting(blocks: ServerBlock[], ownStatic: () => readonly Rule[] = () => []) {
  const servers = readBlocks(blocks);
  const serverOf = (host: string) =>
    servers.find(({ names }) => names.includes(host)) ?? (servers[0] as (typeof servers)[0]);
  return {
    /** The names of each server block. */
    names: servers.map(({ names }) => names),
    choose({ scheme, authority, host, path, raw }: Omit<Target, 'rawPath' | 'query' | 'failure'>): RouteDecision {
      const { names, httpsOnly, rules } = serverOf(host);
      const all = isOwnAppHost(host) ? [...ownStatic(), ...rules] : rules;
      if (!httpsOnly || scheme === 'https') return chooseRule(all, path);
      const location = `https://${host || names[0]}${/:\d/.test(authority) ? `:${httpsOnly.port}` : ''}${raw}`;
      const action = { kind: 'return', config: { status: 301, location } } as const;
      return { rule: 'https only', reason: 'the request came by plain HTTP', action, rest: '', tried: [] };
    },
    /** For how many seconds browsers must use HTTPS for `host` (HSTS); undefined if they need not. */
    hstsOf: (host: string) => serverOf(host).httpsOnly?.maxAge,
  };
}

/** The routing of locations.ts as it is now. Throws an Error that names its line, or its location. */
export async function readRouting(context: LocationContext, ownStatic: () => readonly Rule[]): Promise<Routing> {
  try {
    const address = `${pathToFileURL(FILE)}?${Date.now()}`; // Node imports a module once for each address
    const { serverBlocks } = (await import(address)) as typeof import('../locations.ts');
    return createRouting(serverBlocks(context), ownStatic);
  } catch (error) {
    throw new Error(withLine(withPlace(error, dirname(FILE)), readFileSync(FILE, 'utf8')), { cause: error });
  }
}

/** `message` with the line of the location that it names. */
function withLine(message: string, source: string): string {
  const [, match] = /location "([^"]+)"/.exec(message) ?? [];
  const line = match === undefined ? -1 : source.split('\n').findIndex((each) => each.includes(`'${match}'`));
  if (line < 0) return message;
  return `${relative(process.cwd(), FILE)}:${line + 1}: ${message.replace(/^.*?locations\.ts: /, '')}`;
}
