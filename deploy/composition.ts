// docker-compose.yml, read: what a service is stands there alone; swarm.ts and kubernetes.ts say what it is elsewhere.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');

export type Service = Record<string, unknown> & {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  tmpfs?: string[];
  ports?: string[];
  networks?: string[];
  healthcheck?: Record<string, unknown> & { test: string[] };
};
export type Composition = {
  services: Record<string, Service>;
  networks: Record<string, object | null>;
  volumes: Record<string, null>;
  configs: Record<string, { content: string }>;
};

/** docker-compose.yml, with its anchors and merges written out; the profiles that it has beside the lab are left out. */
export function readComposition(): Composition {
  const composition = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Composition;
  const services = Object.entries(composition.services).filter(([, { profiles }]) => profiles === undefined);
  return { ...composition, services: Object.fromEntries(services) };
}

// ── what the services are beyond one machine, wherever that is ──

export const REPLICAS: Readonly<Record<string, number>> = { app: 2 };
/** Who needs the authority: its certificate, or its key as well. */
export const AUTHORITY: Readonly<Record<string, string[]>> = { visitor: ['ca.pem'], proxy: ['ca.pem', 'ca.key'] };
/** Static files are in the image. */
export const MIGRATE = ['node', 'services/app/migrate.ts'];

/** The variables of a service that finds the authority in the folder `secrets`; what `say` makes of each. */
export function environmentOf(
  name: string,
  { environment = {} }: Service,
  { secrets, say }: { secrets: string; say: (text: string) => string },
): Record<string, string> {
  const own: Record<string, Record<string, string>> = {
    visitor: { WAYBILL_CA: `${secrets}/ca.pem` },
    proxy: { WAYBILL_CA_DIR: secrets, WAYBILL_HOME: '/tmp/waybill' }, // its own certificates go with it
  };
  const told = Object.entries({ ...environment, ...own[name] });
  return Object.fromEntries(told.map(([key, value]) => [key, say(String(value ?? ''))]));
}

/** A text of the composition in which every variable has its own value: where nobody fills them in. */
export function filledIn(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll(/\$\{\w+:\+[^}]*\}/g, '');
}
