// A proxy on free ports with its own folder, a gateway with the responses of a test, and raw requests.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../services/proxy/config.ts';
import type { LocationContext, ServerBlock } from '../../../services/proxy/location/blocks.ts';
import { createProxy } from '../../../services/proxy/server.ts';

/** Certificates are made once for all proxies of a test file. */
export const HOME = mkdtempSync(join(tmpdir(), 'waybill-proxy-home-'));

export type TestProxy = {
  port: number;
  routedPort: number;
  tlsPort: number;
  tlsRoutedPort: number;
  url: string;
  folder: string;
  reload: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts a proxy for the gateway at `gatewayPort`, with `variables` as environment, and an empty static folder. */
export async function startProxy(
  gatewayPort = 1,
  variables: Record<string, string> = {},
  blocks?: (context: LocationContext) => ServerBlock[],
): Promise<TestProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-proxy-'));
  const config = readConfig({
    WAYBILL_STATIC_ROOT: folder,
    WAYBILL_HOME: HOME,
    WAYBILL_GATEWAY: `127.0.0.1:${gatewayPort}`,
    WAYBILL_ACCESS_LOG: 'off',
    ...variables,
  });
  const { listening, routed, locationContext } = config;
  const any = { ...listening, port: 0 };
  const free = { listening: any, routed: { ...routed, port: 0 }, tls: any, tlsRouted: any, control: any };
  const proxy = await createProxy({ ...config, ...free }, blocks?.(locationContext));
  const { port, routedPort, tlsPort, tlsRoutedPort } = await proxy.listen();
  return {
    port,
    routedPort,
    tlsPort,
    tlsRoutedPort,
    url: `http://127.0.0.1:${port}`,
    folder,
    reload: proxy.reload,
    async close() {
      await proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends `bytes` and reads until the connection is closed, or, with `isOpen`, until the text matches `until`. */
export function sendRaw(
  port: number,
  bytes: string | Buffer,
  until?: RegExp,
): Promise<{ text: string; isOpen: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (isOpen: boolean) => {
      resolve({ text, isOpen });
      socket.destroy();
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (until?.test(text)) end(true);
    });
    socket.on('error', () => {});
    socket.on('close', () => end(false));
    socket.write(bytes);
  });
}

export type TestServer = { port: number; close: () => Promise<void> };

/** A gateway that answers by `listener`. */
export function startGateway(listener: RequestListener): Promise<TestServer> {
  return start(createServer(listener));
}

/** A gateway whose connections `serve` handles. */
export function startRawGateway(serve: (socket: Socket) => void): Promise<TestServer> {
  return start(createTcpServer((socket) => serve(socket.on('error', () => {}))));
}

async function start(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
