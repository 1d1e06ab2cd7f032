// The DNS service: a caching resolver, and the authoritative name servers that it queries, each on sockets of its own. They share
// only the process: the resolver queries the name servers over the network, by the address map.

import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTick } from 'node:timers/promises';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
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

function readZones({ zones }: DnsConfig): Zone[] {
  return zones.map(({ zone, file }) => Zone.read(zone, file));
}

async function closeAll(sockets: { close(): unknown }[], control: HttpServer): Promise<void> {
  for (const each of sockets.splice(0)) each.close();
  if (control.listening) await closeServer(control);
}
