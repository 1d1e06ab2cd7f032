// The DNS service: a caching resolver, and the authoritative name servers that it queries, each on sockets of its own. They share
// only the process: the resolver queries the name servers over the network, by the address map.

import { randomBytes } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTick } from 'node:timers/promises';
import { encodeTraceOption } from '../../otel/propagation/dns.ts';
import { CACHE_OPTION, TRACE_OPTION, typeCode } from '../../otel/propagation/dns-numbers.ts';
import { WARM_UP_SPAN } from '../../otel/warm-up.ts';
import { encodeQuery } from '../../runtime/dns/query.ts';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { warmUp } from '../../runtime/warm-up.ts';
import type { DnsConfig } from './config.ts';
import { createControl } from './control.ts';
import { Faults } from './faults.ts';
import { createNameServer } from './name-server.ts';
import type { Receive } from './protocol.ts';
import { queryZoneWith } from './resolver/query-zone.ts';
import { Resolver } from './resolver/resolver.ts';
import { listenTcp } from './transport/tcp.ts';
import { listenUdp } from './transport/udp.ts';
import { Zone } from './zone/zone.ts';

const WARM_UP_QUERIES = 20;

export type DnsServer = ReturnType<typeof createDns>;

/** Makes the DNS service; throws a ZoneFileError for an invalid zone file. */
export function createDns(config: DnsConfig) {
  let zones = readZones(config);
  const root = { zone: '.', servers: [{ name: 'a.root-servers.test.', addresses: [config.rootHint] }] };
  const resolver = new Resolver({ root, queryZone: queryZoneWith(config) });
  const faults = new Faults();
  const control = createControl(() => resolver.flush(), faults, config.allowedHosts);
  const sockets: { close(): unknown }[] = [];

  /** UDP and TCP on the same port. */
  const open = async (listening: Listening, receive: Receive): Promise<number> => {
    const server = await listenTcp(listening, config.tcp, receive);
    sockets.push(server);
    const { port } = server.address() as AddressInfo;
    sockets.push(await listenUdp({ ...listening, port }, receive));
    return port;
  };

  return {
    /** Opens every socket; resolves with the resolver's port and the control port. Rejects if one can't be opened. */
    async listen(): Promise<{ port: number; control: number }> {
      try {
        for (const [index, { listening }] of config.zones.entries()) {
          const nameServer = createNameServer(() => zones[index] as Zone, faults);
          await open(listening, nameServer);
        }
        await warmUp(WARM_UP_QUERIES, () => queryOnce(resolver.receive));
        const port = await open(config.listening, resolver.receive);
        return { port, control: await listen(control, config.control) };
      } catch (error) {
        await closeAll(sockets, control);
        throw error;
      }
    },
    /** Waits for the queries in progress, and closes every socket. */
    async close(): Promise<void> {
      await resolver.settled();
      await nextTick(); // in which the last replies are sent
      await closeAll(sockets, control);
    },
    /** Reads the zone files again. Throws a ZoneFileError, and keeps all zones, if one of them is invalid. */
    reload(): void {
      zones = readZones(config);
      resolver.flush();
    },
  };
}

/** Has `receive` look up a name in an empty cache; resolves with the reply. */
function queryOnce(receive: Receive): Promise<Buffer> {
  const options = [
    { code: TRACE_OPTION, data: encodeTraceOption(WARM_UP_SPAN) },
    { code: CACHE_OPTION, data: randomBytes(8) },
  ];
  const query = encodeQuery({ name: 'tatis.test', type: typeCode('A') as number, recursionDesired: true, options });
  return new Promise((resolve) => receive(query, 'udp', resolve));
}

function readZones({ zones }: DnsConfig): Zone[] {
  return zones.map(({ zone, file }) => Zone.read(zone, file));
}

async function closeAll(sockets: { close(): unknown }[], control: HttpServer): Promise<void> {
  for (const each of sockets.splice(0)) each.close();
  if (control.listening) await closeServer(control);
}
