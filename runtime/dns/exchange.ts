// One query to one server and its answer, over UDP or TCP, from a source port of its own (RFC 5452, 9.2).

import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Endpoint } from '../net/endpoint.ts';
import { firstMessage, framed } from './framing.ts';
import { isAnswerTo } from './query.ts';

export type Transport = 'udp' | 'tcp';

export type ExchangeOptions = {
  transport: Transport;
  /** In ms. */
  timeout: number;
  /** Called with a message that does not answer the query; it is ignored. */
  onIgnored?: (message: Buffer) => void;
};

/** No answer came; `code` is `timeout`, or the code of the socket's error. */
export class NoAnswer extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`No answer: ${code}`);
    this.code = code;
  }
}

/** Sends `query` to `server` and gives the answer's bytes. Rejects with NoAnswer when none comes within `timeout` ms. */
export function exchange(
  query: Buffer,
  server: Endpoint,
  { transport, timeout, onIgnored = () => {} }: ExchangeOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const channel = transport === 'udp' ? datagram(query, server) : stream(query, server);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      channel.close();
      settle();
    };
    const fail = (code: string) => finish(() => reject(new NoAnswer(code)));
    const timer = setTimeout(fail, timeout, 'timeout');
    channel.onMessage((message) => {
      if (isAnswerTo(query, message)) finish(() => resolve(message));
      else onIgnored(message);
    });
    channel.onError(fail);
  });
}

type Channel = {
  onMessage(listener: (message: Buffer) => void): void;
  /** Called with the code of the error. */
  onError(listener: (code: string) => void): void;
  close(): void;
};

function datagram(query: Buffer, { host, port }: Endpoint): Channel {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  // Not by connect's callback: Node calls that with an error, too, in place of the event.
  socket.on('connect', () => socket.send(query)).connect(port, host);
  return {
    onMessage: (listener) => void socket.on('message', listener),
    onError: (listener) => void socket.on('error', ({ code, name }: NodeJS.ErrnoException) => listener(code ?? name)),
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
        for (let message = firstMessage(received); message !== undefined; message = firstMessage(received)) {
          received = received.subarray(2 + message.length);
          listener(message);
        }
      });
    },
    onError: (listener) => {
      socket.on('error', ({ code, name }: NodeJS.ErrnoException) => listener(code ?? name));
      socket.on('end', () => listener('ECONNRESET'));
    },
    close: () => {
      socket.removeAllListeners().on('error', () => {});
      socket.destroy();
    },
  };
}
