// Reads locations.ts, at the start and again whenever it was edited; a wrong line is named.

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withPlace } from '../../../runtime/wrong-line.ts';
import type { Target } from '../target.ts';
import { type HttpsOnly, type LocationContext, readBlocks, type ServerBlock } from './blocks.ts';
import { chooser, type RouteDecision } from './choose.ts';

const FILE = join(import.meta.dirname, '../locations.ts');

/** Who answers for a host, and which of its locations for a path. */
export type Routing = {
  choose: (target: RequestTarget) => RouteDecision;
  /** For how many seconds browsers must use HTTPS for `host` (HSTS); undefined where they need not. */
  hstsOf: (host: string) => number | undefined;
  /** The names of each server block. */
  names: string[][];
};

export type RequestTarget = Pick<Target, 'scheme' | 'authority' | 'host' | 'path' | 'raw'>;

/** Makes the routing of server blocks; the first answers for every host that none of them names. Throws an Error that says where and why one is wrong. */
export function routingOf(blocks: ServerBlock[]): Routing {
  const servers = readBlocks(blocks).map(({ rules, ...server }) => ({ ...server, choose: chooser(rules) }));
  const byName = new Map(servers.flatMap((server) => server.names.map((name) => [name, server] as const)));
  const [first] = servers as [(typeof servers)[number]];
  const serverOf = (host: string) => byName.get(host) ?? first;
  return {
    names: servers.map(({ names }) => names),
    choose(target) {
      const { names, httpsOnly, choose } = serverOf(target.host);
      return httpsOnly && target.scheme === 'http' ? toHttps(target, names, httpsOnly) : choose(target.path);
    },
    hstsOf: (host) => serverOf(host).httpsOnly?.maxAge,
  };
}

function toHttps({ authority, host, raw }: RequestTarget, [name = '']: string[], { port }: HttpsOnly): RouteDecision {
  const location = `https://${host || name}${/:\d/.test(authority) ? `:${port}` : ''}${raw}`;
  const action = { kind: 'return', config: { status: 301, location } } as const;
  return { rule: 'https only', reason: 'it came by plain HTTP', action, rest: '', tried: [] };
}

/** The routing of locations.ts as it is now. Throws an Error that names its line, or its location. */
export async function readRouting(context: LocationContext): Promise<Routing> {
  try {
    const anew = `${FILE}?${Date.now()}`; // a module is read once for each address
    const { serverBlocks } = (await import(anew)) as typeof import('../locations.ts');
    return routingOf(serverBlocks(context));
  } catch (error) {
    throw new Error(withLine(withPlace(error, dirname(FILE)), readFileSync(FILE, 'utf8')), { cause: error });
  }
}

/** An error of the checks names a location by its text: with the line that has it. */
function withLine(message: string, source: string): string {
  const [, match] = /location "([^"]+)"/.exec(message) ?? [];
  const line = match === undefined ? -1 : source.split('\n').findIndex((each) => each.includes(`'${match}'`));
  if (line < 0) return message;
  return `${relative(process.cwd(), FILE)}:${line + 1}: ${message.replace(/^.*?locations\.ts: /, '')}`;
}
