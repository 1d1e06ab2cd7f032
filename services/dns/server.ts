// The phonebook: a caching resolver, and the authoritative servers that it walks, each on sockets of its own.
// They share a process, but nothing else: the resolver asks the others over the wire, by the map of addresses.

import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { authority } from './authority.ts';
import type { DnsConfig } from './config.ts';
import { createControl } from './control.ts';
import { Faults } from './faults.ts';
import type { Receive } from './protocol.ts';
import { askZoneWith } from './resolver/ask.ts';
import { Resolver } from './resolver/resolver.ts';
import { listenTcp } from './transport/tcp.ts';
import { listenUdp } from './transport/udp.ts';
import { Zone } from './zone/zone.ts';

export type DnsServer = {
  /** Opens every socket; resolves with the resolver's and the control port. Rejects if one can't be opened. */
  listen(): Promise<{ port: number; control: number }>;
  /** Takes no more questions, and closes every socket. */
  close(): Promise<void>;
  /** Reads the zone files again. Throws a ZoneFileError, and keeps the old zones, if one of them is wrong. */
  reload(): void;
};

/** Makes the phonebook; throws a ZoneFileError if a zone file is wrong. */
export function createDns(config: DnsConfig): DnsServer {
  let zones = readZones(config);
  const root = { zone: '.', servers: [{ name: 'a.root-servers.test.', addresses: [config.rootHint] }] };
  const resolver = new Resolver({ root, ask: askZoneWith(config) });
  const faults = new Faults(config.faults);
  const control = createControl({
    flush: () => resolver.flush(),
    faults,
    allowedHosts: config.allowedHosts,
  });
  const opened: { close(): unknown }[] = [];

  /** UDP and TCP on the same port. */
  const open = async (listening: Listening, receive: Receive): Promise<number> => {
    const server = await listenTcp(listening, config.tcp, receive);
    opened.push(server);
    const { port } = server.address() as AddressInfo;
    opened.push(await listenUdp({ ...listening, port }, receive));
    return port;
  };

  return {
    async listen() {
      try {
        for (const [index, { listening }] of config.zones.entries()) {
          await open(
            listening,
            authority(() => zones[index] as Zone, faults),
          );
        }
        const port = await open(config.listening, resolver.receive);
        return { port, control: await listen(control, config.control) };
      } catch (error) {
        await close(opened, control);
        throw error;
      }
    },
    async close() {
      await resolver.settled();
      await turn(); // in which the last replies leave
      await close(opened, control);
    },
    reload() {
      zones = readZones(config);
      resolver.flush();
    },
  };
}

function readZones({ zones }: DnsConfig): Zone[] {
  return zones.map(({ zone, file }) => Zone.read(zone, file));
}

async function close(opened: { close(): unknown }[], control: HttpServer): Promise<void> {
  for (const each of opened.splice(0)) each.close();
  if (control.listening) await closeServer(control);
}
