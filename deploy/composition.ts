// Reads docker-compose.yml: it alone says what a service is; swarm.ts and kubernetes.ts say what differs on their platforms.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ROOT } from '../runtime/program.ts';

export type Service = Record<string, unknown> & {
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  tmpfs?: string[];
  ports?: string[];
  configs?: object[];
  healthcheck?: Record<string, unknown>;
};
export type Composition = {
  services: Record<string, Service>;
  networks: Record<string, object | null>;
  volumes: Record<string, null>;
  configs: Record<string, { content: string }>;
};

/** docker-compose.yml with its anchors and merges resolved, without the services of a profile. */
export function readComposition(): Composition {
  const composition = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Composition;
  const services = Object.entries(composition.services).filter(([, { profiles }]) => profiles === undefined);
  return { ...composition, services: Object.fromEntries(services) };
}

// ── what the services are on more than one machine, on any platform ──

export const REPLICAS: Readonly<Record<string, number>> = { app: 2 };
/** The secrets of each service, by the names of their files. */
export const SECRETS: Readonly<Record<string, string[]>> = {
  visitor: ['ca.pem'],
  proxy: ['ca.pem', 'ca.key'],
  app: ['secret-key'],
};
/** Static files are in the image, and the secret key is a secret: only the tables are left. */
export const MIGRATE = ['node', 'dist/services/app/migrate.js'];

/** The variables of a service whose secrets are in `folder`. */
export function environmentOf(name: string, service: Service, folder: string): Record<string, string> {
  const own: Record<string, Record<string, string | undefined>> = {
    visitor: { WAYBILL_CA: `${folder}/ca.pem` },
    // The sites' certificates are not shared: each proxy makes its own.
    proxy: { WAYBILL_CA_DIR: folder, WAYBILL_HOME: '/tmp/waybill', WAYBILL_TLS_KEY_DIR: undefined },
    app: {
      WAYBILL_SECRET_KEY_FILE: `${folder}/secret-key`,
      WAYBILL_DEBUG: 'false',
      WAYBILL_PUBLIC_HOST: undefined,
    },
  };
  const all = Object.entries({ ...service.environment, ...own[name] });
  return Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])));
}

/** `text` with the default of every variable. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

/** The first line of a file that `source` makes. */
export function generatedBy(source: string): string {
  return `# Made from docker-compose.yml by deploy/${source} (npm run docs): change it there.`;
}

/** YAML without anchors, a line for each value. */
export function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
