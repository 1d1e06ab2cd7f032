// For the tests of the DNS service: the service on free ports, and a client.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DecodedPacket, decode, encode, type Packet } from 'dns-packet';
import { firstMessage, framed } from '../../../runtime/dns/framing.ts';
import { readConfig } from '../../../services/dns/config.ts';
import { createDns, type DnsServer } from '../../../services/dns/server.ts';

export type Lab = { dns: DnsServer; port: number; control: string; nameServers: number[]; close: () => Promise<void> };

/** Starts the DNS service on free ports; `environment` sets its variables. */
export async function startDns(environment: NodeJS.ProcessEnv = {}): Promise<Lab> {
  for (let tries = 5; ; tries--) {
    try {
      return await tryToStart(environment);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 0) throw error;
    }
  }
}

async function tryToStart(environment: NodeJS.ProcessEnv): Promise<Lab> {
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  const [root = '', test = '', tatis = '', djangogirls = '', my = ''] = ports.map(String);
  const config = readConfig({
    WAYBILL_DNS_ROOT_PORT: root,
    WAYBILL_DNS_TEST_PORT: test,
    WAYBILL_DNS_TATIS_PORT: tatis,
    WAYBILL_DNS_DJANGOGIRLS_PORT: djangogirls,
    WAYBILL_DNS_MY_PORT: my,
    ...environment,
  });
  const anyPort = { port: 0 };
  const dns = createDns({
    ...config,
    listening: { ...config.listening, ...anyPort },
    control: { ...config.control, ...anyPort },
  });
  const { port, control } = await dns.listen();
  return { dns, port, control: `http://127.0.0.1:${control}`, nameServers: ports, close: dns.close };
}

/** A query's bytes, as dns-packet writes them. */
export function queryFor(
  name: string,
  { type = 'A', id = 1, ...rest }: Partial<Omit<Packet, 'type'>> & { type?: string } = {},
): Buffer {
  const questions = [{ type: type as 'A', class: 'IN' as const, name }];
  return encode({ flags: 0x0100, questions, ...rest, type: 'query', id });
}

/** Sends a datagram; resolves with the reply, undefined without one within `timeout` ms. */
export async function sendUdp(port: number, bytes: Buffer, timeout = 30_000): Promise<Buffer | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send(bytes, port, '127.0.0.1');
    const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(timeout) })) as [Buffer];
    return message;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** Sends a query over UDP. Throws without a reply. */
export async function query(port: number, name: string, options: Parameters<typeof queryFor>[1] = {}): Promise<Answer> {
  const message = await sendUdp(port, queryFor(name, options));
  if (message === undefined) throw new Error(`no reply for ${name}`);
  return decode(message) as Answer;
}

/** Sends messages over one TCP connection; resolves with as many replies. */
export async function queryTcp(port: number, messages: Buffer[]): Promise<Answer[]> {
  const socket = connect(port, '127.0.0.1');
  for (const message of messages) socket.write(framed(message));
  let received = Buffer.alloc(0);
  const answers: Answer[] = [];
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    for (let message = firstMessage(received); message !== undefined; message = firstMessage(received)) {
      answers.push(decode(message) as Answer);
      received = received.subarray(2 + message.length);
    }
    if (answers.length === messages.length) break;
  }
  socket.destroy();
  return answers;
}

export type Answer = DecodedPacket & { rcode: string };

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
