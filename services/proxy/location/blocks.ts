// What locations.ts may contain, and its check at the start: an error names the server block, the location and the reason.

import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from '../../../runtime/folder.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';

/** What locations.ts takes from the configuration. */
export type LocationContext = {
  staticRoot: string;
  gateway: Endpoint;
  /** The HTTPS port in redirects of requests whose Host names a port. */
  tlsPort: number;
};

export type StaticAction = {
  /** nginx: root. The whole path is looked up below this folder. */
  root?: string;
  /** nginx: alias. Replaces the part that matched; with a regular expression it ends with `/$1`. */
  alias?: string;
  /** nginx: index. The file for a folder. */
  index?: string;
  /** nginx: expires. Seconds for which a browser may keep the file. */
  expires?: number;
  /** nginx: add_header. `cache-control` is appended to that of `expires`. */
  headers?: Record<string, string>;
};

export type ReturnAction = { status: number; body?: string; location?: string };

export type Location = { match: string } & ({ static: StaticAction } | { proxy: Endpoint } | { return: ReturnAction });

/**
 * Redirects plain HTTP to HTTPS (nginx: return 301 https://$host$request_uri), to `port` if the request names a port, and adds
 * HSTS with `maxAge` seconds to every response by HTTPS (nginx: add_header Strict-Transport-Security … always; RFC 6797).
 */
export type HttpsOnly = { maxAge: number; port: number };

export type ServerBlock = { names: string[]; httpsOnly?: HttpsOnly | undefined; locations: Location[] };

/** A location that was checked. */
export type Rule = { text: string; action: RuleAction } & (
  | { type: 'exact'; path: string }
  | { type: 'prefix'; path: string; isFinal: boolean }
  | { type: 'pattern'; pattern: RegExp }
);

/** What a rule does; no file outside of `folder` is served. */
export type RuleAction =
  | { kind: 'static'; config: StaticAction; folder: string }
  | { kind: 'dynamic'; config: Endpoint }
  | { kind: 'return'; config: ReturnAction };

/** Checks the server blocks and reads their rules. Throws an Error that says where and why one is wrong. */
export function readBlocks(blocks: ServerBlock[]): (Omit<ServerBlock, 'locations'> & { rules: Rule[] })[] {
  if (blocks.length === 0) throw new Error('locations.ts: there must be at least one server block');
  const known = new Set<string>();
  return blocks.map(({ names, httpsOnly, locations }) => {
    const server = `locations.ts: server ${names[0] ?? '(without a name)'}`;
    if (names.length === 0) throw new Error(`${server}: a server block needs a name`);
    for (const name of names) {
      if (!/^[a-z0-9.-]+$/.test(name)) throw new Error(`${server}: "${name}" is not a host name in lower case`);
      if (known.has(name)) throw new Error(`${server}: "${name}" is named twice`);
      known.add(name);
    }
    if (httpsOnly && !(Number.isInteger(httpsOnly.maxAge) && httpsOnly.maxAge >= 0)) {
      throw new Error(`${server}: maxAge of httpsOnly must be a number of seconds`);
    }
    const rules = locations.map((location, index) => {
      const fail = (reason: string) => new Error(`${server}, location "${location.match}": ${reason}`);
      if (locations.findIndex(({ match }) => match === location.match) < index) throw fail('is defined twice');
      return readLocation(location, fail);
    });
    return { names, httpsOnly, rules };
  });
}

type Fail = (reason: string) => Error;

function readLocation(location: Location, fail: Fail): Rule {
  const text = location.match;
  const [, sign = '', path = ''] = /^(?:(=|\^~|~\*|~) )?(.+)$/.exec(text) ?? [];
  const action = readAction(location, sign.startsWith('~'), fail);
  if (sign.startsWith('~')) {
    try {
      return { type: 'pattern', pattern: new RegExp(path, sign === '~*' ? 'i' : ''), text, action };
    } catch (error) {
      throw fail(`is not a valid regular expression (${(error as Error).message})`);
    }
  }
  if (!path.startsWith('/')) throw fail('a path begins with /');
  return sign === '='
    ? { type: 'exact', path, text, action }
    : { type: 'prefix', path, isFinal: sign === '^~', text, action };
}

function readAction(location: Location, isPattern: boolean, fail: Fail): RuleAction {
  const actions = ['static', 'proxy', 'return'].filter((name) => name in location);
  if (actions.length !== 1) throw fail(`has ${actions.length} of static, proxy, return; it needs one`);
  if ('static' in location) {
    return { kind: 'static', config: location.static, folder: staticFolder(location.static, isPattern, fail) };
  }
  if ('proxy' in location) return { kind: 'dynamic', config: location.proxy };
  const { status, location: target } = location.return;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw fail(`${status} is not a status to return`);
  if (status >= 300 && status < 400 && target === undefined) throw fail(`a ${status} needs a location`);
  return { kind: 'return', config: location.return };
}

function staticFolder({ root, alias, expires }: StaticAction, isPattern: boolean, fail: Fail): string {
  if ((root === undefined) === (alias === undefined)) throw fail('static needs either root or alias');
  if (alias !== undefined && isPattern !== alias.endsWith('/$1')) {
    throw fail('alias ends with /$1 if the location is a regular expression, and only then');
  }
  if (expires !== undefined && !(expires >= 0)) throw fail('expires must be a number of seconds');
  const folder = resolve((root ?? alias ?? '').replace(/\$1$/, ''));
  try {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw fail(`the folder ${folder} cannot be read (${reasonOf(error)}); create it, or set WAYBILL_STATIC_ROOT`);
  }
  return folder;
}
