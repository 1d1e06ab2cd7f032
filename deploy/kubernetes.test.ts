// The manifests, as far as they can be judged without a cluster: against the API's own schemas (kubernetes-models), and against
// each other. What only a cluster can say is in docs/scale.md.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, 'kubernetes');
const OVERLAYS = ['overlays/class', 'overlays/company'];
/** What is made before the first `kubectl apply -k`, and not kept in the repository: what each overlay's README line says. */
const MADE = ['ca/ca.pem', 'ca/ca.key', 'addresses.env', 'database.env'];

type Labels = Record<string, string>;
type Pod = {
  securityContext: { runAsNonRoot?: boolean; seccompProfile?: { type: string } };
  containers: {
    name: string;
    ports?: { containerPort: number }[];
    env?: { name: string }[];
    securityContext: object;
  }[];
  volumes?: { configMap?: { name: string }; secret?: { secretName: string } }[];
};
type Resource = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    selector?: Labels & { matchLabels?: Labels };
    podSelector?: { matchLabels?: Labels };
    template?: { metadata: { labels: Labels }; spec: Pod };
    ports?: { port: number; targetPort?: number }[];
    ingress?: { from?: { podSelector: { matchLabels?: Labels } }[]; ports: { port: number }[] }[];
    scaleTargetRef?: { name: string };
  };
};
type Kustomization = {
  resources: string[];
  configMapGenerator?: { name: string; files?: string[]; envs?: string[] }[];
  secretGenerator?: { name: string; files?: string[]; envs?: string[] }[];
};

const read = <T>(path: string) =>
  parseAllDocuments(readFileSync(join(ROOT, path), 'utf8')).map((each) => each.toJS() as T);

/** What a kustomization brings, its bases included. */
function resourcesOf(folder: string): Resource[] {
  const [{ resources } = { resources: [] }] = read<Kustomization>(join(folder, 'kustomization.yaml'));
  return resources.flatMap((name) =>
    name.endsWith('.yaml') ? read<Resource>(join(folder, name)) : resourcesOf(join(folder, name)),
  );
}

const NAME = 'app.kubernetes.io/name';
const pods = (all: readonly Resource[]) =>
  new Map(
    all.flatMap(({ spec }) =>
      spec?.template ? [[spec.template.metadata.labels[NAME] ?? '', spec.template.spec] as const] : [],
    ),
  );
const portsOf = (pod: Pod | undefined) =>
  pod?.containers.flatMap(({ ports = [] }) => ports.map((each) => each.containerPort)) ?? [];

test.each(OVERLAYS)('%s: every manifest is as the API wants it', async (overlay) => {
  const all = resourcesOf(overlay);
  expect(all.length).toBeGreaterThan(30);
  for (const resource of all) {
    const { apiVersion, kind, metadata } = resource;
    const { [kind]: Model } = (await import(/* @vite-ignore */ `kubernetes-models/${apiVersion}`)) as Record<
      string,
      new (
        data: object,
      ) => { validate: () => void }
    >;
    expect(Model, `${apiVersion} ${kind}`).toBeDefined();
    expect(
      () => new (Model as NonNullable<typeof Model>)(resource).validate(),
      `${kind} ${metadata.name}`,
    ).not.toThrow();
  }
});

test.each(OVERLAYS)('%s: names and ports lead to somebody', (overlay) => {
  const all = resourcesOf(overlay);
  const running = pods(all);
  const lost: string[] = [];
  const need = (isThere: boolean, what: string) => isThere || lost.push(what);
  for (const { kind, metadata, spec } of all) {
    if (kind === 'Service') {
      const pod = running.get(spec.selector?.[NAME] ?? '');
      for (const { port, targetPort = port } of spec.ports ?? [])
        need(portsOf(pod).includes(targetPort), `Service ${metadata.name}:${port}`);
    }
    if (kind === 'HorizontalPodAutoscaler')
      need(running.has(spec.scaleTargetRef?.name ?? ''), `scale of ${metadata.name}`);
    if (kind === 'PodDisruptionBudget')
      need(running.has(spec.selector?.matchLabels?.[NAME] ?? ''), `budget of ${metadata.name}`);
    if (kind !== 'NetworkPolicy' || metadata.name === 'nobody') continue;
    const to = spec.podSelector?.matchLabels?.[NAME] ?? '';
    need(running.has(to), `policy ${metadata.name}`);
    for (const { from = [], ports } of spec.ingress ?? []) {
      for (const { podSelector } of from) {
        const [who = ''] = Object.values(podSelector.matchLabels ?? {});
        need(podSelector.matchLabels === undefined || running.has(who), `policy ${metadata.name} from ${who}`);
      }
      for (const { port } of ports)
        need(portsOf(running.get(to)).includes(port), `policy ${metadata.name} to port ${port}`);
    }
  }
  expect(lost).toEqual([]);
});

test.each(OVERLAYS)('%s: every pod is as restricted as its namespace wants, and is let in somewhere', (overlay) => {
  const all = resourcesOf(overlay);
  const restricted = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };
  for (const [name, { securityContext, containers }] of pods(all)) {
    expect({ name, ...securityContext }).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of containers) expect({ name, ...container.securityContext }).toEqual({ name, ...restricted });
  }
});

test.each(OVERLAYS)('%s: every file that it names is there, or is said to be made', (overlay) => {
  const [kustomization] = read<Kustomization>(join(overlay, 'kustomization.yaml'));
  const { configMapGenerator = [], secretGenerator = [] } = kustomization ?? {};
  const named = [...configMapGenerator, ...secretGenerator].flatMap(({ files = [], envs = [] }) => [...files, ...envs]);
  expect(named.filter((file) => !existsSync(join(ROOT, overlay, file)) && !MADE.includes(file))).toEqual([]);
  const generated = [...configMapGenerator, ...secretGenerator].map(({ name }) => name);
  const wanted = [...pods(resourcesOf(overlay)).values()].flatMap(({ volumes = [] }) =>
    volumes.flatMap(({ configMap, secret }) => configMap?.name ?? secret?.secretName ?? []),
  );
  expect(wanted.filter((name) => !generated.includes(name))).toEqual([]);
});

test('every manifest beside a kustomization is named in it, or is the configuration of somebody', () => {
  const folders = ['base', ...OVERLAYS];
  const forgotten = folders.flatMap((folder) => {
    const text = readFileSync(join(ROOT, folder, 'kustomization.yaml'), 'utf8');
    const files = readdirSync(join(ROOT, folder)).filter(
      (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
    );
    return files.filter((file) => !text.includes(file)).map((file) => join(dirname(folder), file));
  });
  expect(forgotten).toEqual([]);
});
