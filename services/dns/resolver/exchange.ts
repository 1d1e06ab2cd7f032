// One question to one name server and its answer, over UDP or TCP. The source port is a new one each time, and the
// answer must repeat id and question to the letter: that is what makes forging one hard (RFC 5452).

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import { DnsFailure } from '../errors.ts';
import { HEADER } from '../message/query.ts';
import type { Over } from '../protocol.ts';
import { firstMessage, framed } from '../transport/framing.ts';

export type Sending = {
  over: Over;
  /** In ms. */
  timeout: number;
  /** For messages of errors: whose server this is. */
  where: string;
  /** Told of a message that is no answer to the question; it is ignored. */
  onIgnored: (message: Buffer) => void;
};

/** Sends `query` to `server` and gives the answer's bytes; throws a DnsFailure when none comes within `timeout` ms. */
export function exchange(
  query: Buffer,
  server: Endpoint,
  { over, timeout, where, onIgnored }: Sending,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const channel = over === 'udp' ? datagram(query, server) : stream(query, server);
    const timer = setTimeout(() => finish(() => reject(new DnsFailure('timeout', where))), timeout);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      channel.close();
      settle();
    };
    channel.onMessage((message) => {
      if (isAnswerTo(query, message)) finish(() => resolve(message));
      else onIgnored(message);
    });
    channel.onError(({ code }) => {
      const known = code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' ? code : 'ECONNRESET';
      finish(() => reject(new DnsFailure(known, where)));
    });
  });
}

/** Same id, same question, and an answer. */
export function isAnswerTo(query: Buffer, message: Buffer): boolean {
  const end = endOfQuestion(query);
  if (message.length < end || message.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  if (!((message[2] as number) & 0x80) || message.readUInt16BE(4) !== 1) return false;
  return message.subarray(HEADER, end).equals(query.subarray(HEADER, end));
}

type Channel = {
  onMessage(listener: (message: Buffer) => void): void;
  onError(listener: (error: NodeJS.ErrnoException) => void): void;
  close(): void;
};

function datagram(query: Buffer, { host, port }: Endpoint): Channel {
  const socket = createSocket('udp4');
  socket.connect(port, host, () => socket.send(query));
  return {
    onMessage: (listener) => void socket.on('message', listener),
    onError: (listener) => void socket.on('error', listener),
    close: () => {
      socket.removeAllListeners().on('error', () => {});
      socket.close();
    },
  };
}

function stream(query: Buffer, { host, port }: Endpoint): Channel {
  const socket = connect({ host, port, noDelay: true });
  socket.write(framed(query));
  let received: Buffer = Buffer.alloc(0);
  return {
    onMessage: (listener) => {
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const message = firstMessage(received);
        if (message !== undefined) listener(message);
      });
    },
    onError: (listener) => {
      socket.on('error', listener);
      socket.on('end', () => listener(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    },
    close: () => {
      socket.removeAllListeners().on('error', () => {});
      socket.destroy();
    },
  };
}

function endOfQuestion(query: Buffer): number {
  let at = HEADER;
  while (query[at]) at += 1 + (query[at] as number);
  return at + 5;
}
