// Every variable that the proxy reads. Those that nginx has too are named beside its own in README.md.

import { join } from 'node:path';
import type { Listening } from '../../runtime/net/listen.ts';
import {
  choice,
  count,
  endpoints,
  host,
  httpUrl,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
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

/** Of a body in memory; a longer one waits in a file until it is whole (nginx: client_body_buffer_size). */
const BODY_MEMORY_BYTES = 65_536;
/** For which an idle connection of a client is kept (nginx: keepalive_timeout). */
const KEEPALIVE_MS = 75_000;
/** Larger files are streamed from disk; of the others so many bytes are in memory, and the least used go first. */
const CACHED_FILE_BYTES = 1_048_576;
const CACHE_BYTES = 67_108_864;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'listen',
  }),
  WAYBILL_SITE_PORT: port({ default: 8180, description: 'the site; 80 would need root', like: 'listen' }),
  WAYBILL_SITE_PP_PORT: port({
    default: 8181,
    description: 'the site for routers: a PROXY protocol header must come first',
    like: 'listen … proxy_protocol',
  }),
  WAYBILL_TLS_PORT: port({
    default: 8443,
    description: 'the site under TLS; 443 would need root',
    like: 'listen … ssl',
  }),
  WAYBILL_TLS_PP_PORT: port({
    default: 8444,
    description: 'the site under TLS for routers: a PROXY protocol header must come first',
    like: 'listen … ssl proxy_protocol',
  }),
  WAYBILL_TLS_PUBLIC_PORT: port({
    default: 0,
    description: 'where clients reach that port, when it is published as another (Compose): for redirects',
  }),
  WAYBILL_HOME: text({
    default: '.waybill',
    description: 'where certificates are kept, in its folder tls',
    like: 'ssl_certificate',
  }),
  WAYBILL_CA_DIR: text({
    default: '',
    description: 'where ca.pem and ca.key are, if not beside the certificates: a secret that several proxies share',
  }),
  WAYBILL_TLS_KEY_DIR: text({
    default: '',
    description: 'where private keys are kept, if not beside the certificates: a volume that clients do not have',
    like: 'ssl_certificate_key',
  }),
  WAYBILL_GATEWAY: endpoints({
    default: [{ host: '127.0.0.1', port: 8182 }],
    description: 'who answers what is dynamic; exactly one',
    like: 'upstream',
  }),
  WAYBILL_STATIC_ROOT: text({
    default: 'services/app/site/static',
    description: 'the folder behind /static/',
    like: 'alias',
  }),
  WAYBILL_PAGE_URL: httpUrl({
    default: 'http://127.0.0.1:8190',
    description: 'where traces are shown, for links on error pages',
  }),
  WAYBILL_PROXY_HEADER_BYTES: count({
    default: 16_384,
    min: 256,
    description: 'request line and headers together; more is 431',
    like: 'large_client_header_buffers',
  }),
  WAYBILL_PROXY_TARGET_BYTES: count({
    default: 8192,
    min: 1,
    description: 'path and query; more is 414',
    like: 'large_client_header_buffers',
  }),
  WAYBILL_PROXY_BODY_BYTES: count({
    default: 1_048_576,
    max: 1_000_000_000,
    description: 'the body of a request; more is 413',
    like: 'client_max_body_size',
  }),
  WAYBILL_PROXY_HEADER_TIMEOUT: milliseconds({
    default: 10_000,
    description: 'ms for all headers to arrive (408): slow-loris',
    like: 'client_header_timeout',
  }),
  WAYBILL_PROXY_REQUEST_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'ms for the whole request to arrive (408)',
    like: 'client_body_timeout',
  }),
  WAYBILL_PROXY_SEND_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'ms that a client may take nothing of its answer',
    like: 'send_timeout',
  }),
  WAYBILL_PROXY_PP_TIMEOUT: milliseconds({ default: 3000, description: 'ms for the PROXY protocol header to arrive' }),
  WAYBILL_TLS_HANDSHAKE_TIMEOUT: milliseconds({
    default: 10_000,
    description: 'for a handshake, from its first byte on',
    like: 'client_header_timeout',
  }),
  WAYBILL_TLS_HANDSHAKES: count({
    default: 256,
    min: 1,
    description: 'TLS handshakes in progress at once; for one more, the oldest is closed',
    like: 'worker_connections',
  }),
  WAYBILL_PROXY_CONNECT_TIMEOUT: milliseconds({
    default: 3000,
    description: 'ms to connect to the gateway (504)',
    like: 'proxy_connect_timeout',
  }),
  WAYBILL_PROXY_UPSTREAM_TIMEOUT: milliseconds({
    default: 30_000,
    description:
      'ms of silence from the gateway (504): longer than its own WAYBILL_QUEUE_WAIT and WAYBILL_WORKER_TIMEOUT',
    like: 'proxy_read_timeout, proxy_send_timeout',
  }),
  WAYBILL_ACCESS_LOG: text({ default: 'stdout', description: 'stdout, off, or a file', like: 'access_log' }),
  WAYBILL_ACCESS_LOG_FORMAT: choice({
    choices: ['combined', 'json'],
    default: 'combined',
    description: '`combined` (with trace id, total and upstream time), `json`',
    like: 'log_format',
  }),
} satisfies SettingTable;

/** Reads the proxy's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ProxyConfig {
  const read = readSettings(SETTINGS, environment);
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
      bodyMemory: BODY_MEMORY_BYTES,
      // The headers are part of the whole: Node refuses more time for them than for it.
      headerTimeout: Math.min(read.WAYBILL_PROXY_HEADER_TIMEOUT, read.WAYBILL_PROXY_REQUEST_TIMEOUT),
      requestTimeout: read.WAYBILL_PROXY_REQUEST_TIMEOUT,
      sendTimeout: read.WAYBILL_PROXY_SEND_TIMEOUT,
      keepAlive: KEEPALIVE_MS,
      proxyHeaderTimeout: read.WAYBILL_PROXY_PP_TIMEOUT,
      handshakeTimeout: read.WAYBILL_TLS_HANDSHAKE_TIMEOUT,
      handshakes: read.WAYBILL_TLS_HANDSHAKES,
    },
    upstream: { connectTimeout: read.WAYBILL_PROXY_CONNECT_TIMEOUT, timeout: read.WAYBILL_PROXY_UPSTREAM_TIMEOUT },
    memory: { fileBytes: CACHED_FILE_BYTES, bytes: CACHE_BYTES },
    log: { to: read.WAYBILL_ACCESS_LOG, format: read.WAYBILL_ACCESS_LOG_FORMAT as 'combined' | 'json' },
    pageUrl: read.WAYBILL_PAGE_URL.replace(/\/$/, ''),
  };
}
