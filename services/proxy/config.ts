// The variables of the proxy; README.md lists them with nginx's own.

import { join } from 'node:path';
import type { Listening } from '../../runtime/net/listen.ts';
import {
  allowedHosts,
  count,
  host,
  hostPort,
  httpUrl,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  sockets,
  text,
} from '../../runtime/settings.ts';
import type { LocationContext } from './location/blocks.ts';

export type ProxyConfig = ReturnType<typeof readConfig>;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'listen',
  }),
  WAYBILL_SITE_PORT: port({
    default: 8180,
    description: 'the site; port 80 would need administrator rights',
    like: 'listen',
  }),
  WAYBILL_SITE_PP_PORT: port({
    default: 8181,
    description: 'the site for routers: a PROXY protocol header must come first',
    like: 'listen … proxy_protocol',
  }),
  WAYBILL_TLS_PORT: port({
    default: 8443,
    description: 'the site over TLS; port 443 would need administrator rights',
    like: 'listen … ssl',
  }),
  WAYBILL_TLS_PP_PORT: port({
    default: 8444,
    description: 'the site over TLS for routers: a PROXY protocol header must come first',
    like: 'listen … ssl proxy_protocol',
  }),
  WAYBILL_PROXY_CONTROL_PORT: port({
    default: 8184,
    description: 'the private control port: `/faults` of the telemetry, `GET /healthz`',
  }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that the control port accepts'),
  WAYBILL_TLS_PUBLIC_PORT: port({
    default: 0,
    description: 'the HTTPS port in redirects, if clients reach WAYBILL_TLS_PORT by another one (Compose)',
  }),
  WAYBILL_HOME: text({
    default: '.waybill',
    description: 'the folder tls in it holds the certificates',
    like: 'ssl_certificate',
  }),
  WAYBILL_CA_DIR: text({
    default: '',
    description: 'the folder of ca.pem and ca.key, if several proxies share an authority',
  }),
  WAYBILL_TLS_KEY_DIR: text({
    default: '',
    description: 'the folder of private keys, if not that of the certificates: a volume that clients cannot read',
    like: 'ssl_certificate_key',
  }),
  WAYBILL_GATEWAY: hostPort({
    default: { host: '127.0.0.1', port: 8182 },
    description: 'the app server, to which dynamic requests are forwarded',
    like: 'upstream',
  }),
  WAYBILL_SOCKETS: sockets({
    default: '',
    description: 'the folder of Unix sockets: it connects to the gateway at `8182.sock`',
    like: 'server unix:',
  }),
  WAYBILL_STATIC_ROOT: text({
    default: 'services/app/site/static',
    description: 'the folder of static files',
    like: 'alias',
  }),
  WAYBILL_APP_FILE: text({
    default: '',
    description: "the learner's own app, as the gateway keeps it: the folders of my.test that the proxy serves itself",
    like: 'alias',
  }),
  WAYBILL_PAGE_URL: httpUrl({
    default: 'http://127.0.0.1:8190',
    description: 'where traces are shown, for the links of error pages',
  }),
  WAYBILL_PROXY_HEADER_BYTES: count({
    default: 16_384,
    min: 256,
    description: 'request line and headers together; more is answered with 431',
    like: 'large_client_header_buffers',
  }),
  WAYBILL_PROXY_TARGET_BYTES: count({
    default: 8192,
    min: 1,
    description: 'path and query; more is answered with 414',
    like: 'large_client_header_buffers',
  }),
  WAYBILL_PROXY_BODY_BYTES: count({
    default: 1_048_576,
    max: 1_000_000_000,
    description: 'the body of a request; more is answered with 413',
    like: 'client_max_body_size',
  }),
  WAYBILL_PROXY_HEADER_TIMEOUT: milliseconds({
    default: 10_000,
    description: 'until all headers are received (408); against slow-loris attacks',
    like: 'client_header_timeout',
  }),
  WAYBILL_PROXY_REQUEST_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'until the whole request is received (408)',
    like: 'client_body_timeout',
  }),
  WAYBILL_PROXY_SEND_TIMEOUT: milliseconds({
    default: 60_000,
    description: 'for which a client may read nothing of its response',
    like: 'send_timeout',
  }),
  WAYBILL_PROXY_PP_TIMEOUT: milliseconds({ default: 3000, description: 'until the PROXY protocol header is received' }),
  WAYBILL_TLS_HANDSHAKE_TIMEOUT: milliseconds({
    default: 10_000,
    description: 'until a TLS handshake is complete',
    like: 'client_header_timeout',
  }),
  WAYBILL_TLS_HANDSHAKES: count({
    default: 256,
    min: 1,
    description: 'TLS handshakes in progress at once; when one more begins, the oldest is closed',
    like: 'worker_connections',
  }),
  WAYBILL_PROXY_UPSTREAM_TIMEOUT: milliseconds({
    default: 30_000,
    description:
      'for which the gateway may send nothing (504); longer than its WAYBILL_QUEUE_WAIT and WAYBILL_WORKER_TIMEOUT together',
    like: 'proxy_read_timeout, proxy_send_timeout',
  }),
  WAYBILL_ACCESS_LOG: text({ default: 'stdout', description: 'stdout, off, or a file', like: 'access_log' }),
} satisfies SettingTable;

/** Reads the proxy's configuration. Throws an Error that lists every wrong value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
  const at = (variable: keyof typeof SETTINGS & `WAYBILL_${string}_PORT`): Listening => {
    return { host: read.WAYBILL_HOST, port: read[variable], variable };
  };
  const locationContext: LocationContext = {
    staticRoot: read.WAYBILL_STATIC_ROOT,
    gateway: read.WAYBILL_GATEWAY,
    tlsPort: read.WAYBILL_TLS_PUBLIC_PORT || read.WAYBILL_TLS_PORT,
  };
  return {
    listening: at('WAYBILL_SITE_PORT'),
    /** With a PROXY protocol header first, for routers. */
    routed: at('WAYBILL_SITE_PP_PORT'),
    tls: at('WAYBILL_TLS_PORT'),
    tlsRouted: at('WAYBILL_TLS_PP_PORT'),
    control: at('WAYBILL_PROXY_CONTROL_PORT'),
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    tlsFolder: join(read.WAYBILL_HOME, 'tls'),
    certificateFolders: { keys: read.WAYBILL_TLS_KEY_DIR || undefined, authority: read.WAYBILL_CA_DIR || undefined },
    locationContext,
    ownAppFile: read.WAYBILL_APP_FILE,
    /** How much a client may send, in bytes, and how long it may take, in ms. */
    bounds: {
      headerBytes: read.WAYBILL_PROXY_HEADER_BYTES,
      targetBytes: read.WAYBILL_PROXY_TARGET_BYTES,
      bodyBytes: read.WAYBILL_PROXY_BODY_BYTES,
      /** A longer body is kept in a file until it is complete (nginx: client_body_buffer_size). */
      bodyMemory: 65_536,
      // The headers are part of the request: Node allows them no more time than the whole.
      headerTimeout: Math.min(read.WAYBILL_PROXY_HEADER_TIMEOUT, read.WAYBILL_PROXY_REQUEST_TIMEOUT),
      requestTimeout: read.WAYBILL_PROXY_REQUEST_TIMEOUT,
      sendTimeout: read.WAYBILL_PROXY_SEND_TIMEOUT,
      /** How long an idle connection stays open (nginx: keepalive_timeout). */
      keepAlive: 75_000,
      proxyHeaderTimeout: read.WAYBILL_PROXY_PP_TIMEOUT,
      handshakeTimeout: read.WAYBILL_TLS_HANDSHAKE_TIMEOUT,
      handshakes: read.WAYBILL_TLS_HANDSHAKES,
    },
    /** Times in ms (nginx: proxy_connect_timeout, proxy_read_timeout). */
    upstream: {
      connectTimeout: 3000,
      timeout: read.WAYBILL_PROXY_UPSTREAM_TIMEOUT,
      sockets: read.WAYBILL_SOCKETS,
    },
    /** Bytes: larger files are streamed from disk; and all cached files together. */
    cache: { fileBytes: 1_048_576, bytes: 67_108_864 },
    accessLog: read.WAYBILL_ACCESS_LOG,
    /** Where traces are shown, for links on error pages. */
    pageUrl: read.WAYBILL_PAGE_URL,
  };
}
