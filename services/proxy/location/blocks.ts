// What may stand in locations.ts, and the check at start: a wrong line stops the proxy with its place and the reason.

import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from '../../../runtime/folder.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';

/** What locations.ts takes from the configuration. */
export type LocationContext = {
  staticRoot: string;
  gateway: Endpoint;
  /** The port for HTTPS in redirects, for requests that name one. */
  tlsPort: number;
};

export type StaticAction = {
  /** nginx: root. The whole path is looked up below this folder. */
  root?: string;
  /** nginx: alias. Stands for what matched; with a regular expression it holds `$1`. */
  alias?: string;
  /** nginx: index. The file that stands for a folder. */
  index?: string;
  /** nginx: try_files. `$uri`, `$uri/`, another path; the last may be `=404`. */
  tryFiles?: string[];
  /** nginx: expires. Seconds for which a browser may keep it. */
  expires?: number;
  /** nginx: add_header. `cache-control` is added to what `expires` says. */
  headers?: Record<string, string>;
};

export type ReturnAction = { status: number; body?: string; location?: string };

type Action = { static: StaticAction } | { proxy: Endpoint } | { return: ReturnAction };

export type Location = { match: string } & Action;

/**
 * Redirects plain HTTP to HTTPS (nginx: return 301 https://$host$request_uri), to `port` where the request names one, and adds
 * HSTS to every answer by HTTPS, for `maxAge` seconds (nginx: add_header Strict-Transport-Security … always; RFC 6797).
 */
export type HttpsOnly = { maxAge: number; port: number };

export type ServerBlock = { names: string[]; httpsOnly?: HttpsOnly; locations: Location[] };

/** A server block, read. */
export type Server = { names: string[]; httpsOnly: HttpsOnly | undefined; rules: Rule[] };

/** A location, read: how it matches, and its action. */
export type Rule = { text: string; action: RuleAction } & (
  | { type: 'exact'; path: string }
  | { type: 'prefix'; path: string; isFinal: boolean }
  | { type: 'pattern'; pattern: RegExp }
);

/** What a rule does; `folder` is the one that nothing may be served from outside of. */
export type RuleAction =
  | { kind: 'static'; config: StaticAction; folder: string }
  | { kind: 'dynamic'; config: Endpoint }
  | { kind: 'return'; config: ReturnAction };

/** Reads and checks the server blocks; throws an Error that says where and why. */
export function readBlocks(blocks: ServerBlock[]): Server[] {
  if (blocks.length === 0) throw new Error('locations.ts: there must be at least one server block');
  const taken = new Set<string>();
  return blocks.map(({ names, httpsOnly, locations }) => {
    const server = `locations.ts: server ${names[0] ?? '(without a name)'}`;
    if (names.length === 0) throw new Error(`${server}: a server block needs a name`);
    for (const name of names) {
      if (!/^[a-z0-9.-]+$/.test(name)) throw new Error(`${server}: "${name}" is not a host name in lower case`);
      if (taken.has(name)) throw new Error(`${server}: "${name}" is named twice`);
      taken.add(name);
    }
    if (httpsOnly && !(Number.isInteger(httpsOnly.maxAge) && httpsOnly.maxAge >= 0)) {
      throw new Error(`${server}: maxAge of httpsOnly is a number of seconds`);
    }
    const seen = new Set<string>();
    const rules = locations.map((location) => {
      const fail = (reason: string) => new Error(`${server}, location "${location.match}": ${reason}`);
      if (seen.has(location.match)) throw fail('stands here twice');
      seen.add(location.match);
      return readLocation(location, fail);
    });
    return { names, httpsOnly, rules };
  });
}

type Fail = (reason: string) => Error;

function readLocation(location: Location, fail: Fail): Rule {
  const [, sign = '', path = ''] = /^(?:(=|\^~|~\*|~) )?(.+)$/.exec(location.match) ?? [];
  const action = readAction(location, sign.startsWith('~'), fail);
  const text = location.match;
  if (sign.startsWith('~')) {
    try {
      return { type: 'pattern', pattern: new RegExp(path, sign === '~*' ? 'i' : ''), text, action };
    } catch (error) {
      throw fail(`is no regular expression (${(error as Error).message})`);
    }
  }
  if (!path.startsWith('/')) throw fail('a path begins with /');
  if (sign === '=') return { type: 'exact', path, text, action };
  return { type: 'prefix', path, isFinal: sign === '^~', text, action };
}

function readAction(location: Location, isPattern: boolean, fail: Fail): RuleAction {
  const actions = ['static', 'proxy', 'return'].filter((name) => name in location);
  if (actions.length !== 1) throw fail(`has ${actions.length} of static, proxy, return; it needs one`);
  if ('static' in location) {
    return { kind: 'static', config: location.static, folder: staticFolder(location.static, isPattern, fail) };
  }
  if ('proxy' in location) return { kind: 'dynamic', config: location.proxy };
  const { status, location: target } = location.return;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw fail(`${status} is no status to return`);
  if (status >= 300 && status < 400 && target === undefined) throw fail(`a ${status} needs a location`);
  return { kind: 'return', config: location.return };
}

function staticFolder({ root, alias, tryFiles, expires }: StaticAction, isPattern: boolean, fail: Fail): string {
  if ((root === undefined) === (alias === undefined)) throw fail('static needs either root or alias');
  if (alias !== undefined && isPattern !== alias.endsWith('/$1')) {
    throw fail('alias ends with /$1 below a regular expression, and only there');
  }
  if (expires !== undefined && !(expires >= 0)) throw fail('expires is a number of seconds');
  if (tryFiles?.length === 0) throw fail('tryFiles is empty');
  const folder = resolve((root ?? alias ?? '').replace(/\$1$/, ''));
  try {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw fail(`the folder ${folder} cannot be read (${reasonOf(error)}); create it, or set WAYBILL_STATIC_ROOT`);
  }
  return folder;
}
