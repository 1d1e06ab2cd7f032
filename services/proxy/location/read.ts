// Reads locations.ts, at the start and again whenever it was edited; a wrong line is named.

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withPlace } from '../../../runtime/wrong-line.ts';
import { type Places, readBlocks, type ServerBlock } from './blocks.ts';
import { type Choice, chooser } from './choose.ts';

const FILE = join(import.meta.dirname, '../locations.ts');

/** Who answers for a host, and which of its locations for a path. */
export type Routing = { choose: (host: string, path: string) => Choice };

/** Makes the routing of server blocks; the first answers for every host that none of them names. Throws an Error that says where and why one is wrong. */
export function routingOf(blocks: ServerBlock[]): Routing {
  const servers = readBlocks(blocks).map(({ names, rules }) => ({ names, choose: chooser(rules) }));
  const byName = new Map(servers.flatMap(({ names, choose }) => names.map((name) => [name, choose] as const)));
  const [first] = servers as [(typeof servers)[number]];
  return { choose: (host, path) => (byName.get(host) ?? first.choose)(path) };
}

/** The routing of locations.ts as it is now. Throws an Error that names its line, or its location. */
export async function readRouting(places: Places): Promise<Routing> {
  try {
    const anew = `${FILE}?${Date.now()}`; // a module is read once for each address
    const { serverBlocks } = (await import(anew)) as typeof import('../locations.ts');
    return routingOf(serverBlocks(places));
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
