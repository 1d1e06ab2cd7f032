// What the proxy does with which request: server blocks by Host, and in each its locations, as in nginx.conf.
//
//   = /path     exactly this path                       wins at once
//   ^~ /path/   paths that begin so                     the longest wins, and no expression is tried
//   ~ text      regular expression (~* ignores case)    the first that fits wins
//   /path/      paths that begin so                     the longest wins when no expression fits

import type { Location, LocationContext, ServerBlock } from './location/blocks.ts';

/** The server blocks; the first answers for every Host that none of them names. */
export function serverBlocks(context: LocationContext): ServerBlock[] {
  const locations = siteLocations(context);
  const httpsOnly = { maxAge: 300, port: context.tlsPort };
  return [
    { names: ['tatis.test', 'www.tatis.test', 'tatis.localhost'], locations },
    { names: ['djangogirls.test', 'djangogirls.localhost'], locations },
    // The learner's own site (npm start -- --app …): the gateway knows by its name where it is. The folders of --static are before it.
    { names: ['my.test', 'my.localhost'], locations: [{ match: '/', proxy: context.gateway }] },
    { names: ['sealed.tatis.test', 'sealed.tatis.localhost'], httpsOnly, locations },
  ];
}

function siteLocations({ staticRoot, gateway }: LocationContext): Location[] {
  return [
    // Every browser requests it; there is none, and the framework need not be asked.
    { match: '= /favicon.ico', return: { status: 204 } },
    // A name with a hash of its content never means anything else: browsers may keep it for a year.
    {
      match: '~ ^/static/(.+[.-][0-9a-f]{8,}\\.\\w+)$',
      static: { alias: `${staticRoot}/$1`, expires: 31_536_000, headers: { 'cache-control': 'immutable' } },
    },
    // What may change at any moment: kept, but asked about each time.
    {
      match: '~ ^/static/(live/.+)$',
      static: { alias: `${staticRoot}/$1`, headers: { 'cache-control': 'no-cache' } },
    },
    // What is for one person alone, and only once.
    {
      match: '~ ^/static/(private/.+)$',
      static: { alias: `${staticRoot}/$1`, headers: { 'cache-control': 'no-store' } },
    },
    { match: '/static/', static: { alias: `${staticRoot}/`, index: 'index.html', expires: 60 } },
    { match: '/', proxy: gateway },
  ];
}
