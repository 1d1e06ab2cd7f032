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

/** A text of the composition in which every variable has its own value: where nobody fills them in. */
export function filledIn(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll(/\$\{\w+:\+[^}]*\}/g, '');
}
