// The lab as a stack for Docker Swarm, made from docker-compose.yml: what a service is stands there alone. What differs:
//
//   names lead to every container, not to one address that stands for them all (dnsrr): the gateway wants to know its workers
//   ports are published by the node on which a container runs (host), so that a letter keeps its sender's address
//   nothing is shared by volumes: a node's own disk is no other's. A release is an image; the authority is a secret
//   memory and processes are limited under `deploy`; nothing waits for anything: who is early tries again

import { stringify } from 'yaml';
import {
  AUTHORITY,
  type Composition,
  environmentOf,
  filledIn,
  MIGRATE,
  REPLICAS,
  readComposition,
  type Service,
} from './composition.ts';

export const SWARM = 'deploy/swarm.yml';

/** What a stack knows nothing of, or says elsewhere. */
const LEFT_OUT = [
  'build',
  'pull_policy',
  'restart',
  'depends_on',
  'profiles',
  'security_opt', // a swarm has no such option for a service
  'mem_limit',
  'pids_limit',
];
/** Volumes that several services would have to share. */
const SHARED = ['releases', 'static', 'tls'];
/** Whose data are on a node's disk. */
const AT_HOME = ['db', 'jaeger'];

/** The stack of a composition. */
export function swarmOf({ services, networks, volumes, configs }: Composition) {
  return {
    services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, taskOf(name, service)])),
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, network]) => [name, { driver: 'overlay', ...network }]),
    ),
    volumes: Object.fromEntries(
      Object.keys(volumes)
        .filter((name) =>
          Object.values(services).some((service) => kept(service).some((each) => each.startsWith(`${name}:`))),
        )
        .map((name) => [name, null]),
    ),
    configs: {
      ...Object.fromEntries(Object.keys(configs).map((name) => [name, { file: `./${name}.json` }])),
      'jaeger-config': { file: '../otel/jaeger.yaml' },
    },
    secrets: {
      'ca.pem': { file: `${set('WAYBILL_CA_DIR', 'ca')}/ca.pem` },
      'ca.key': { file: `${set('WAYBILL_CA_DIR', 'ca')}/ca.key` },
    },
  };
}

function taskOf(name: string, service: Service) {
  const task = Object.fromEntries(
    Object.entries(service).filter(([key]) => ![...LEFT_OUT, 'volumes', 'tmpfs'].includes(key)),
  );
  const secrets = (AUTHORITY[name] ?? []).map((source) => ({
    source,
    target: source,
    uid: '1000',
    gid: '1000',
    mode: 0o400,
  }));
  // A stack passes over `tmpfs`, and says nothing.
  const temporary = (service.tmpfs ?? []).map((target) => ({ type: 'tmpfs', target }));
  const mounts = [...temporary, ...kept(service)];
  const configs = [...((service.configs as object[] | undefined) ?? []), ...configsOf(service)];
  return {
    ...task,
    ...(name === 'migrate' && { command: MIGRATE }),
    image: service.image === 'waybill' ? set('WAYBILL_IMAGE', 'waybill') : service.image,
    ...(service.environment && {
      environment: environmentOf(name, service, { secrets: '/run/secrets', say: variable }),
    }),
    // A task has a name in the swarm's DNS only when it was found healthy: nobody would know a new worker for ten seconds.
    ...(service.healthcheck && { healthcheck: { ...service.healthcheck, interval: '2s' } }),
    ...(service.ports && { ports: service.ports.map(portOf) }),
    ...(mounts.length > 0 && { volumes: mounts }),
    ...(configs.length > 0 && { configs }),
    ...(secrets.length > 0 && { secrets }),
    deploy: {
      ...(REPLICAS[name] !== undefined && { replicas: REPLICAS[name] }),
      endpoint_mode: 'dnsrr',
      resources: { limits: { memory: service.mem_limit, pids: service.pids_limit } },
      restart_policy: { condition: name === 'migrate' ? 'on-failure' : 'any', delay: '1s' },
      update_config: { order: service.ports || AT_HOME.includes(name) ? 'stop-first' : 'start-first' },
      ...(AT_HOME.includes(name) && { placement: { constraints: ['node.role == manager'] } }),
    },
  };
}

/** What a variable says when the stack is deployed. */
function set(name: string, otherwise: string): string {
  return `\${${name}:-${otherwise}}`;
}

/** A node has a name by which others know it: 127.0.0.1 would be each reader's own machine. There are no profiles. */
function variable(value: string): string {
  return value
    .replace('//127.0.0.1:', `//${set('WAYBILL_NODE', '127.0.0.1')}:`)
    .replace(/\$\{COMPOSE_PROFILES:\+[^}]*\}/, '');
}

/** `127.0.0.1:8190:8190`: where a composition listens for its own machine alone, a node listens for others. */
function portOf(port: string) {
  const [, published = '', target = '', protocol = 'tcp'] = /^127\.0\.0\.1:(.+):(\d+)(?:\/(\w+))?$/.exec(port) ?? [];
  return { mode: 'host', published, target: Number(target), protocol };
}

/** Volumes of one service alone. */
function kept({ volumes = [] }: Service): string[] {
  return volumes.filter((volume) => !volume.startsWith('.') && !SHARED.some((name) => volume.startsWith(`${name}:`)));
}

/** Files of the checkout are handed to a node as configurations. */
function configsOf({ volumes = [] }: Service): object[] {
  return volumes.flatMap((volume) => {
    const [, target] = /^\.\/otel\/jaeger\.yaml:(\S+?)(?::ro)?$/.exec(volume) ?? [];
    return target ? [{ source: 'jaeger-config', target }] : [];
  });
}

/** deploy/swarm.yml, and the files that it names, by their paths. */
export function swarmFiles(): Record<string, string> {
  const composition = readComposition();
  const head = `# Made from docker-compose.yml by deploy/swarm.ts (npm run docs): change it there. How it is used: docs/scale.md.\n\n`;
  const configs = Object.entries(composition.configs).map(([name, { content }]) => [
    `deploy/${name}.json`,
    filledIn(content), // a stack fills nothing in there
  ]);
  return {
    [SWARM]: head + stringify(swarmOf(composition), { aliasDuplicateObjects: false, lineWidth: 0 }),
    ...Object.fromEntries(configs),
  };
}
