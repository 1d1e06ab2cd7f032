// The lab as a stack for Docker Swarm, made from docker-compose.yml. What differs:
//
//   a name resolves to every container, not to one virtual address (dnsrr): the gateway needs the address of each worker
//   ports are published by the node on which a container runs (host), so that the proxy sees the client's address
//   no volume is shared, because each node has its own disk. A release is an image; certificate authority and key are secrets
//   memory and processes are limited under `deploy`; no service waits for another: one that starts too early tries again

import {
  type Composition,
  environmentOf,
  generatedBy,
  MIGRATE,
  REPLICAS,
  readComposition,
  SECRETS,
  type Service,
  withDefaults,
  yaml,
} from './composition.ts';

export const SWARM = 'deploy/swarm.yml';

/** What a stack does not support, or has elsewhere: a swarm ignores `tmpfs` without a warning. */
const LEFT_OUT = new Set([
  'build',
  'pull_policy',
  'restart',
  'depends_on',
  'extra_hosts', // the machine of a container is not the learner's
  'security_opt',
  'mem_limit',
  'pids_limit',
  'tmpfs',
  'volumes',
]);
/** The services whose data are on a node's disk, with their volume; no other keeps its volumes. */
const STATEFUL: Record<string, string[]> = { db: ['site'], jaeger: [] };
const JAEGER_CONFIG = { source: 'jaeger-config', target: '/etc/jaeger/jaeger.yaml' };

/** The stack of a composition. */
export function swarmOf({ services, networks, configs }: Composition) {
  const file = (name: string) => ({ file: `\${WAYBILL_SECRETS:-secrets}/${name}` });
  return {
    services: mapValues(services, (service, name) => taskOf(name, service)),
    networks: mapValues(networks, (network) => ({ driver: 'overlay', ...network })),
    volumes: Object.fromEntries(
      Object.values(STATEFUL)
        .flat()
        .map((name) => [name, null]),
    ),
    configs: {
      ...mapValues(configs, (_, name) => ({ file: `./${name}.json` })),
      [JAEGER_CONFIG.source]: { file: '../otel/jaeger.yaml' },
    },
    secrets: Object.fromEntries([...new Set(Object.values(SECRETS).flat())].map((name) => [name, file(name)])),
  };
}

function taskOf(name: string, service: Service) {
  const { healthcheck, ports, tmpfs = [], volumes = [], configs = [] } = service;
  const isStateful = name in STATEFUL;
  const own = volumes.filter((volume) => STATEFUL[name]?.some((each) => volume.startsWith(`${each}:`)));
  const task = {
    ...Object.fromEntries(Object.entries(service).filter(([key]) => !LEFT_OUT.has(key))),
    ...(name === 'migrate' && { command: MIGRATE }),
    environment: environmentOf(name, service, '/run/secrets'),
    // The swarm's DNS has a task only once it is healthy: with a long interval a new worker would get no request for ten seconds.
    ...(healthcheck && { healthcheck: { ...healthcheck, interval: '2s', retries: 15 } }),
    ...(ports && { ports: ports.map(publishedByNode) }),
    volumes: [...tmpfs.map((target) => ({ type: 'tmpfs', target })), ...own],
    configs: name === 'jaeger' ? [...configs, JAEGER_CONFIG] : configs,
    secrets: (SECRETS[name] ?? []).map((source) => ({ source, target: source, uid: '1000', gid: '1000', mode: 0o400 })),
    deploy: {
      ...(REPLICAS[name] !== undefined && { replicas: REPLICAS[name] }),
      endpoint_mode: 'dnsrr',
      resources: { limits: { memory: service.mem_limit, pids: service.pids_limit } },
      restart_policy: { condition: name === 'migrate' ? 'on-failure' : 'any', delay: '1s' },
      update_config: { order: ports || isStateful ? 'stop-first' : 'start-first' },
      ...(isStateful && { placement: { constraints: ['node.role == manager'] } }),
    },
  };
  return Object.fromEntries(Object.entries(task).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

/** `${WAYBILL_HOST:-127.0.0.1}:8190:8190` as a port of the node, on all its addresses. */
function publishedByNode(port: string) {
  const [, published, target, protocol = 'tcp'] = /^\$\{[^}]*\}:(.+):(\d+)(?:\/(\w+))?$/.exec(port) ?? [];
  return { mode: 'host', published, target: Number(target), protocol };
}

function mapValues<T, R>(all: Record<string, T>, map: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, map(value, name)]));
}

/** deploy/swarm.yml, and the files that it names, by their paths. */
export function swarmFiles(): Record<string, string> {
  const composition = readComposition();
  const configs = Object.entries(composition.configs).map(([name, { content }]) => [
    `deploy/${name}.json`,
    withDefaults(content), // a stack replaces no variables in the file of a config
  ]);
  return {
    [SWARM]: `${generatedBy('swarm.ts')} See docs/scale.md.\n\n${yaml(swarmOf(composition))}`,
    ...Object.fromEntries(configs),
  };
}
