// The manifests, checked against each other without a cluster: kinds, names, labels, ports, policies, secrets and files. Whether a
// field exists is not checked here; docs/scale.md says how an API server is asked.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, 'kubernetes');
const BASE = 'base';
const OVERLAY = 'overlays/class';
/** Made before the first `kubectl apply -k`, and not in the repository. */
const MADE = ['secrets/ca.pem', 'secrets/ca.key', 'secrets/secret-key'];
const API_VERSIONS: Record<string, string> = {
  Namespace: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
};

type Labels = Record<string, string>;
type Selector = { matchLabels?: Labels; matchExpressions?: { key: string; values: string[] }[] };
type Port = { name?: string; port: number; targetPort?: number; endPort?: number; protocol?: string };
type Probe = { httpGet?: { port: number } };
type Ref = { name: string; key: string };
type Container = {
  name: string;
  image: string;
  ports?: { name: string; containerPort: number; protocol?: string }[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: Ref } }[];
  envFrom?: { configMapRef: { name: string } }[];
  volumeMounts: { name: string }[];
  securityContext: object;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop: { exec: { command: string[] } } };
};
type Volume = {
  name: string;
  configMap?: { name: string };
  secret?: { secretName: string; items: { key: string }[] };
};
type Pod = {
  securityContext: object;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: { labelSelector: Selector }[];
  initContainers?: Container[];
  containers: Container[];
  volumes: Volume[];
};
type Resource = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    selector?: Labels & Selector;
    podSelector?: Selector;
    serviceName?: string;
    template?: { metadata: { labels: Labels }; spec: Pod };
    volumeClaimTemplates?: { metadata: { name: string } }[];
    ports?: Port[];
    ingress?: { from?: { podSelector: Selector }[]; ports: Port[] }[];
    egress?: { to?: object[]; ports?: Port[] }[];
    rules?: { host: string; http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[];
  };
};
type Generator = { name: string; files?: string[]; literals?: string[] };
type Kustomization = {
  resources: string[];
  images: { name: string; newTag: string }[];
  configMapGenerator: Generator[];
  secretGenerator: Generator[];
};

const read = <T>(path: string) =>
  parseAllDocuments(readFileSync(join(ROOT, path), 'utf8')).map((each) => each.toJS() as T);
const kustomizationOf = (folder: string) => read<Kustomization>(join(folder, 'kustomization.yaml'))[0] as Kustomization;
const kustomization = kustomizationOf(OVERLAY);
/** Everything that the overlay applies, its base included. */
const resources = [BASE, OVERLAY].flatMap((folder) =>
  kustomizationOf(folder)
    .resources.filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => read<Resource>(join(folder, name))),
);
const ofKind = (kind: string) => resources.filter((each) => each.kind === kind);

const NAME = 'app.kubernetes.io/name';
const workloads = resources.flatMap(({ metadata, spec }) =>
  spec?.template ? [{ name: metadata.name, spec, labels: spec.template.metadata.labels, pod: spec.template.spec }] : [],
);
const containers = workloads.flatMap(({ name, pod }) =>
  [...(pod.initContainers ?? []), ...pod.containers].map((container) => ({ workload: name, pod, container })),
);
const isSelected = (labels: Labels, { matchLabels = {}, matchExpressions = [] }: Selector) =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''));
const selectedBy = (selector: Selector) => workloads.filter(({ labels }) => isSelected(labels, selector));
const namesOf = ({ matchLabels = {}, matchExpressions = [] }: Selector) => [
  ...Object.values(matchLabels),
  ...matchExpressions.flatMap(({ values }) => values),
];
const listens = (pod: Pod, port: number, protocol = 'TCP') =>
  pod.containers.some(({ ports = [] }) =>
    ports.some((each) => each.containerPort === port && (each.protocol ?? 'TCP') === protocol),
  );
const keysOf = ({ files = [], literals = [] }: Generator) => [
  ...files.map((file) => file.split('/').at(-1) as string),
  ...literals.map((literal) => literal.split('=')[0] as string),
];
const generated = (all: Generator[]) => Object.fromEntries(all.map((each) => [each.name, keysOf(each)]));
const configMaps = generated(kustomization.configMapGenerator);
const secrets = generated(kustomization.secretGenerator);

test('kinds are known, and no two resources have the same kind and name', () => {
  expect(resources.length).toBeGreaterThan(30);
  expect(resources.filter(({ kind, apiVersion }) => API_VERSIONS[kind] !== apiVersion)).toEqual([]);
  const ids = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('a workload selects its own pods', () => {
  for (const { name, spec, labels, pod } of workloads) {
    expect({ name, selector: spec.selector?.matchLabels }).toEqual({ name, selector: { [NAME]: name } });
    expect(labels).toMatchObject({ [NAME]: name });
    for (const { labelSelector } of pod.topologySpreadConstraints ?? [])
      expect(isSelected(labels, labelSelector), name).toBe(true);
  }
});

test('every port of a Service is open in the pods that it selects', () => {
  for (const { metadata, spec } of ofKind('Service')) {
    const selected = selectedBy({ matchLabels: spec.selector as Labels });
    expect(selected, metadata.name).toHaveLength(1);
    const closed = spec.ports?.filter(
      ({ port, targetPort = port, protocol }) => !selected.every(({ pod }) => listens(pod, targetPort, protocol)),
    );
    expect(closed, metadata.name).toEqual([]);
  }
  const services = ofKind('Service').map(({ metadata }) => metadata.name);
  expect(workloads.flatMap(({ spec }) => spec.serviceName ?? []).filter((name) => !services.includes(name))).toEqual(
    [],
  );
});

test('every address in an environment is the port of a Service', () => {
  const services = new Map(ofKind('Service').map(({ metadata, spec }) => [metadata.name, spec.ports ?? []]));
  const addresses = containers.flatMap(({ container }) =>
    (container.env ?? []).flatMap(({ value = '' }) => [...value.matchAll(/(?:^|\/\/|,)([a-z]+):(\d+)/g)]),
  );
  expect(addresses.length).toBeGreaterThan(15);
  const wrong = addresses.filter(
    ([, host = '', port]) => !services.get(host)?.some((each) => each.port === Number(port)),
  );
  expect(wrong.map(([address]) => address)).toEqual([]);
});

test('a policy names workloads that exist and ports that they open', () => {
  for (const { metadata, spec } of ofKind('NetworkPolicy')) {
    const selected = selectedBy(spec.podSelector ?? {});
    const sources = spec.ingress?.flatMap(({ from = [] }) => from.map(({ podSelector }) => podSelector)) ?? [];
    const named = [spec.podSelector ?? {}, ...sources].flatMap(namesOf);
    expect(
      named.filter((name) => !workloads.some((each) => each.name === name)),
      metadata.name,
    ).toEqual([]);
    const closed = spec.ingress?.flatMap(({ ports }) =>
      ports.filter(({ port, endPort = port, protocol }) =>
        selected.some(({ pod }) =>
          Array.from({ length: endPort - port + 1 }, (_, index) => port + index).some(
            (each) => !listens(pod, each, protocol),
          ),
        ),
      ),
    );
    expect(closed ?? [], metadata.name).toEqual([]);
  }
});

test('every workload is let in by a policy, and all other traffic but DNS is denied', () => {
  const open = ofKind('NetworkPolicy').flatMap(({ spec }) => (spec.ingress ? [spec.podSelector ?? {}] : []));
  expect(workloads.filter(({ labels }) => !open.some((selector) => isSelected(labels, selector)))).toEqual([]);
  const [deny] = ofKind('NetworkPolicy').filter(({ spec }) => Object.keys(spec.podSelector ?? {}).length === 0);
  expect(deny?.spec).toMatchObject({
    policyTypes: ['Ingress', 'Egress'],
    egress: [{ to: [{ podSelector: {} }] }, { ports: [{ port: 53 }, { port: 53 }] }],
  });
  expect(deny?.spec.egress?.[1]).not.toHaveProperty('to'); // NodeLocal DNSCache is an address of the node, not a pod
});

test('the ingress leads to ports of Services, and the visitor accepts the name of its own rule', () => {
  const services = new Map(ofKind('Service').map(({ metadata, spec }) => [metadata.name, spec.ports ?? []]));
  const rules = ofKind('Ingress').flatMap(({ spec }) => spec.rules ?? []);
  const backends = rules.flatMap(({ host, http }) => http.paths.map(({ backend }) => ({ host, ...backend.service })));
  expect(backends.filter(({ name, port }) => !services.get(name)?.some((each) => each.name === port.name))).toEqual([]);
  const host = backends.find(({ name }) => name === 'visitor')?.host;
  const settings = kustomization.configMapGenerator.find(({ name }) => name === 'settings')?.literals;
  expect(settings).toContain(`WAYBILL_ALLOWED_HOSTS=${host}`);
});

test('every pod is within the pod security standard "restricted", with a read-only file system', () => {
  for (const { workload, pod, container } of containers) {
    expect({ workload, ...pod.securityContext }).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect({ workload, ...container.securityContext }).toEqual({
      workload,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
});

test('probes ask ports that are open, and ports have distinct names', () => {
  for (const { workload, container, pod } of containers) {
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    const ports = probes.flatMap((probe) => probe?.httpGet?.port ?? []);
    expect(
      ports.filter((port) => !listens(pod, port)),
      workload,
    ).toEqual([]);
    const names = container.ports?.map(({ name }) => name) ?? [];
    expect(new Set(names).size, workload).toBe(names.length);
    expect(
      names.filter((name) => !/^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name)),
      workload,
    ).toEqual([]);
    if (container.livenessProbe) expect(container.startupProbe, workload).toBeDefined();
  }
});

test('a pod that ends takes connections until its address is no longer in use, and has time to drain', () => {
  for (const { workload, pod, container } of containers.filter(({ container }) => container.image === 'waybill')) {
    if (container.ports === undefined) continue; // of an init container
    const [command, seconds] = container.lifecycle?.preStop.exec.command ?? [];
    expect({ workload, command }).toEqual({ workload, command: 'sleep' });
    expect((pod.terminationGracePeriodSeconds ?? 0) - Number(seconds)).toBeGreaterThanOrEqual(5);
  }
});

test('volumes, secrets and settings that a container names are there, with their keys', () => {
  const lost = containers.flatMap(({ workload, pod, container: { volumeMounts, env = [], envFrom = [] } }) => {
    const claims = workloads.find(({ name }) => name === workload)?.spec.volumeClaimTemplates ?? [];
    const volumes = [...pod.volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata.name)];
    const keys = env.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom.secretKeyRef] : []));
    return [
      ...volumeMounts.filter(({ name }) => !volumes.includes(name)),
      ...keys.filter(({ name, key }) => !secrets[name]?.includes(key)),
      ...envFrom.filter(({ configMapRef }) => !(configMapRef.name in configMaps)),
      ...pod.volumes.filter(({ configMap }) => configMap && !(configMap.name in configMaps)),
      ...pod.volumes.filter(({ secret }) =>
        secret?.items.some(({ key }) => !secrets[secret.secretName]?.includes(key)),
      ),
    ];
  });
  expect(lost).toEqual([]);
});

test('the site signs with a secret key and shows no debug pages; only the proxy has the key of the authority', () => {
  const environment = containers.find(({ container }) => container.name === 'app')?.container.env;
  expect(environment).toContainEqual({ name: 'WAYBILL_SECRET_KEY_FILE', value: '/run/secrets/waybill/secret-key' });
  expect(environment).toContainEqual({ name: 'WAYBILL_DEBUG', value: 'false' });
  const holders = (wanted: string) =>
    workloads.flatMap(({ name, pod }) =>
      pod.volumes.some(({ secret }) => secret?.items.some(({ key }) => key === wanted)) ? [name] : [],
    );
  expect({ 'ca.key': holders('ca.key'), 'secret-key': holders('secret-key') }).toEqual({
    'ca.key': ['proxy'],
    'secret-key': ['app'],
  });
});

test('every image has a version, and every file that the overlay names is there or is made first', () => {
  const tags = Object.fromEntries(kustomization.images.map(({ name, newTag }) => [name, newTag]));
  const images = containers.map(({ container: { image } }) => image.split(':')[1] ?? tags[image]);
  expect(images.filter((tag) => tag === undefined || tag === 'latest')).toEqual([]);
  const named = [...kustomization.configMapGenerator, ...kustomization.secretGenerator].flatMap(
    ({ files = [] }) => files,
  );
  expect(named.filter((file) => !existsSync(join(ROOT, OVERLAY, file)) && !MADE.includes(file))).toEqual([]);
  for (const folder of [BASE, OVERLAY]) {
    const { resources, configMapGenerator = [] } = kustomizationOf(folder);
    const used = [...resources, ...configMapGenerator.flatMap(({ files = [] }) => files), 'kustomization.yaml'];
    const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.yaml'));
    expect(files.filter((file) => !used.includes(file))).toEqual([]);
  }
});
