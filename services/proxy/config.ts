// Every variable that the proxy reads. Those that nginx has too are named beside its own in README.md.

import { join } from 'node:path';
import { host, port, str, url } from 'envalid';
import { count, endpoints, milliseconds, readEnvironment } from '../../runtime/environment.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import type { LocationContext } from './location/blocks.ts';
import type { CertificateFolders } from './tls/certificates.ts';

/** How much a client may send, and how long it may take; times in ms. */
export type Bounds = {
  headerBytes: number;
  targetBytes: number;
  bodyBytes: number;
  /** Of a body; what is longer waits in a file until it is whole. */
  bodyMemory: number;
  headerTimeout: number;
  requestTimeout: number;
  sendTimeout: number;
  keepAlive: number;
  proxyHeaderTimeout: number;
  /** Of TLS: the whole, in ms, and how many at once. */
  handshakeTimeout: number;
  handshakes: number;
};

export type ProxyConfig = {
  listening: Listening;
  /** For routers: a PROXY protocol header comes first. */
  routed: Listening;
  /** TLS, and TLS behind a PROXY protocol header. */
  tls: Listening;
  tlsRouted: Listening;
  /** Where the certificates are kept, and where their keys and the authority are, if elsewhere. */
  tlsFolder: string;
  certificateFolders: CertificateFolders;
  locationContext: LocationContext;
  bounds: Bounds;
  /** Times in ms. */
  upstream: { connectTimeout: number; timeout: number };
  /** Small files in memory: the largest one, and all together. */
  memory: { fileBytes: number; bytes: number };
  log: { to: string; format: 'combined' | 'json' };
  /** Where traces can be read, for links on error pages. */
  pageUrl: string;
};

/** Reads the proxy's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): ProxyConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; loopback by default' }),
    WAYBILL_SITE_PORT: port({ default: 8180, desc: 'the site; 80 would need root' }),
    WAYBILL_SITE_PP_PORT: port({
      default: 8181,
      desc: 'the site for routers: a PROXY protocol header must come first',
    }),
    WAYBILL_TLS_PORT: port({ default: 8443, desc: 'the site under TLS; 443 would need root' }),
    WAYBILL_TLS_PP_PORT: port({
      default: 8444,
      desc: 'the site under TLS for routers: a PROXY protocol header must come first',
    }),
    WAYBILL_TLS_PUBLIC_PORT: port({
      default: 0,
      desc: 'where clients reach WAYBILL_TLS_PORT, if that is another port',
    }),
    WAYBILL_HOME: str({ default: '.waybill', desc: 'where certificates are kept, in its folder tls' }),
    WAYBILL_CA_DIR: str({
      default: '',
      desc: 'where ca.pem and ca.key are, if not beside the certificates: a secret that several proxies share',
    }),
    WAYBILL_TLS_KEY_DIR: str({
      default: '',
      desc: 'where private keys are kept, if not beside the certificates: a volume that clients do not have',
    }),
    WAYBILL_GATEWAY: endpoints({
      default: [{ host: '127.0.0.1', port: 8182 }],
      desc: 'who answers what is dynamic; exactly one',
    }),
    WAYBILL_STATIC_ROOT: str({ default: 'services/app/site/static', desc: 'the folder behind /static/' }),
    WAYBILL_PAGE_URL: url({
      default: 'http://127.0.0.1:8190',
      desc: 'where traces are shown, for links on error pages',
    }),
    WAYBILL_PROXY_HEADER_BYTES: count({
      default: 16_384,
      least: 256,
      desc: 'request line and headers together; more is 431',
    }),
    WAYBILL_PROXY_TARGET_BYTES: count({ default: 8192, least: 1, desc: 'path and query; more is 414' }),
    WAYBILL_PROXY_BODY_BYTES: count({
      default: 1_048_576,
      most: 1_000_000_000,
      desc: 'the body of a request; more is 413',
    }),
    WAYBILL_PROXY_BODY_MEMORY: count({
      default: 65_536,
      desc: 'bytes of a body in memory; a longer one waits in a file until it is whole',
    }),
    WAYBILL_PROXY_HEADER_TIMEOUT: milliseconds({
      default: 10_000,
      desc: 'ms for all headers to arrive (408): slow-loris',
    }),
    WAYBILL_PROXY_REQUEST_TIMEOUT: milliseconds({ default: 60_000, desc: 'ms for the whole request to arrive (408)' }),
    WAYBILL_PROXY_SEND_TIMEOUT: milliseconds({
      default: 60_000,
      desc: 'ms that a client may take nothing of its answer',
    }),
    WAYBILL_PROXY_KEEPALIVE: milliseconds({ default: 75_000, desc: 'ms that an idle connection of a client is kept' }),
    WAYBILL_PROXY_PP_TIMEOUT: milliseconds({ default: 3000, desc: 'ms for the PROXY protocol header to arrive' }),
    WAYBILL_TLS_HANDSHAKE_TIMEOUT: milliseconds({ default: 10_000, desc: 'ms for a TLS handshake' }),
    WAYBILL_TLS_HANDSHAKES: count({
      default: 256,
      least: 1,
      desc: 'TLS handshakes in progress at once; for one more, the oldest is closed',
    }),
    WAYBILL_PROXY_CONNECT_TIMEOUT: milliseconds({ default: 3000, desc: 'ms to connect to the gateway (504)' }),
    WAYBILL_PROXY_UPSTREAM_TIMEOUT: milliseconds({
      default: 30_000,
      desc: 'ms of silence from the gateway (504): longer than its own WAYBILL_QUEUE_WAIT and WAYBILL_WORKER_TIMEOUT',
    }),
    WAYBILL_PROXY_MEMORY_FILE: count({
      default: 1_048_576,
      most: 1_000_000_000,
      desc: 'bytes; larger files are streamed from disk',
    }),
    WAYBILL_PROXY_MEMORY: count({
      default: 67_108_864,
      most: 10_000_000_000,
      desc: 'bytes of files in memory; the least used go first',
    }),
    WAYBILL_ACCESS_LOG: str({ default: 'stdout', desc: 'stdout, off, or a file' }),
    WAYBILL_ACCESS_LOG_FORMAT: str({ choices: ['combined', 'json'], default: 'combined', desc: 'for people or tools' }),
  });
  const [gateway, ...others] = read.WAYBILL_GATEWAY;
  if (gateway === undefined || others.length > 0) {
    throw new Error('WAYBILL_GATEWAY must be one host:port; choosing between workers is the job of the gateway');
  }
  const at = (port: number, variable: string): Listening => ({ host: read.WAYBILL_HOST, port, variable });
  return {
    listening: at(read.WAYBILL_SITE_PORT, 'WAYBILL_SITE_PORT'),
    routed: at(read.WAYBILL_SITE_PP_PORT, 'WAYBILL_SITE_PP_PORT'),
    tls: at(read.WAYBILL_TLS_PORT, 'WAYBILL_TLS_PORT'),
    tlsRouted: at(read.WAYBILL_TLS_PP_PORT, 'WAYBILL_TLS_PP_PORT'),
    tlsFolder: join(read.WAYBILL_HOME, 'tls'),
    certificateFolders: { keys: read.WAYBILL_TLS_KEY_DIR || undefined, authority: read.WAYBILL_CA_DIR || undefined },
    locationContext: {
      staticRoot: read.WAYBILL_STATIC_ROOT,
      gateway,
      tlsPort: read.WAYBILL_TLS_PUBLIC_PORT || read.WAYBILL_TLS_PORT,
    },
    bounds: {
      headerBytes: read.WAYBILL_PROXY_HEADER_BYTES,
      targetBytes: read.WAYBILL_PROXY_TARGET_BYTES,
      bodyBytes: read.WAYBILL_PROXY_BODY_BYTES,
      bodyMemory: read.WAYBILL_PROXY_BODY_MEMORY,
      // The headers are part of the whole: Node refuses more time for them than for it.
      headerTimeout: Math.min(read.WAYBILL_PROXY_HEADER_TIMEOUT, read.WAYBILL_PROXY_REQUEST_TIMEOUT),
      requestTimeout: read.WAYBILL_PROXY_REQUEST_TIMEOUT,
      sendTimeout: read.WAYBILL_PROXY_SEND_TIMEOUT,
      keepAlive: read.WAYBILL_PROXY_KEEPALIVE,
      proxyHeaderTimeout: read.WAYBILL_PROXY_PP_TIMEOUT,
      handshakeTimeout: read.WAYBILL_TLS_HANDSHAKE_TIMEOUT,
      handshakes: read.WAYBILL_TLS_HANDSHAKES,
    },
    upstream: { connectTimeout: read.WAYBILL_PROXY_CONNECT_TIMEOUT, timeout: read.WAYBILL_PROXY_UPSTREAM_TIMEOUT },
    memory: { fileBytes: read.WAYBILL_PROXY_MEMORY_FILE, bytes: read.WAYBILL_PROXY_MEMORY },
    log: { to: read.WAYBILL_ACCESS_LOG, format: read.WAYBILL_ACCESS_LOG_FORMAT as 'combined' | 'json' },
    pageUrl: read.WAYBILL_PAGE_URL.replace(/\/$/, ''),
  };
}
