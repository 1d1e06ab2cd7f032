// The lab's own services as Kubernetes has them, made from docker-compose.yml: a Deployment and a Service each, as restricted as
// its pod security wants them. What Compose knows nothing of (policies, budgets, collectors, databases) stands in YAML beside it.

import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IService } from 'kubernetes-models/v1/Service';
import { stringify } from 'yaml';
import { AUTHORITY, environmentOf, filledIn, MIGRATE, REPLICAS, readComposition, type Service } from './composition.ts';

export const LAB = 'deploy/kubernetes/base/lab.yaml';

/** Who listens where; the first is asked whether the service is up. */
const PORTS: Record<string, Record<string, number>> = {
  visitor: { page: 8190 },
  dns: { control: 8153, dns: 1053, root: 1061, test: 1062, tatis: 1063, letters: 1064 },
  proxy: { site: 8180, 'site-pp': 8181, tls: 8443, 'tls-pp': 8444 },
  corner: { control: 8300, office: 8301 },
  north: { control: 8300, office: 8301 },
  south: { control: 8300, office: 8301 },
  harbour: { control: 8300, office: 8301 },
  gateway: { control: 8183, requests: 8182 },
  app: { requests: 8201 },
};
/** What the services need, measured (docs/bench.md), in thousandths of a core and MiB. */
const NEEDS: Record<string, { cpu: number; memory: number }> = {
  app: { cpu: 100, memory: 96 },
  proxy: { cpu: 100, memory: 96 },
};
const LITTLE = { cpu: 20, memory: 64 };
const SECRETS = '/run/secrets/waybill';
const MOST_MEMORY = '256Mi';
/** `node` in the image. */
const USER = 1000;

const labels = (name: string) => ({ 'app.kubernetes.io/name': name });

type Pod = NonNullable<NonNullable<IDeployment['spec']>['template']['spec']>;
type Container = Pod['containers'][number];

function podOf(name: string, service: Service, own: Partial<Container> = {}): Pod {
  const told = Object.entries(environmentOf(name, service, { secrets: SECRETS, say: filledIn }));
  const environment = told
    .filter(([, value]) => value !== '')
    .map(([key, value]) =>
      key === 'WAYBILL_DATABASE_URL'
        ? { name: key, valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } }
        : { name: key, value },
    );
  const authority = AUTHORITY[name];
  const { cpu, memory } = NEEDS[name] ?? LITTLE;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name,
        image: 'waybill',
        imagePullPolicy: 'IfNotPresent',
        command: service.command ?? [],
        env: environment,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` }, limits: { memory: MOST_MEMORY } },
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          ...(authority ? [{ name: 'authority', mountPath: SECRETS, readOnly: true }] : []),
        ],
        ...own,
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...(authority ? [{ name: 'authority', secret: secretOf(authority) }] : []),
    ],
  };
}

/** Who only believes the authority is not given its key. */
function secretOf(keys: readonly string[]) {
  return { secretName: 'authority', defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) };
}

function deploymentOf(name: string, service: Service): IDeployment {
  const ports = PORTS[name] ?? {};
  const [asked = 0] = Object.values(ports);
  // The service answers to its own names alone; kubelet would ask it by the pod's address, which it cannot know.
  const httpGet = { path: '/healthz', port: asked, httpHeaders: [{ name: 'Host', value: 'localhost' }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: labels(name) },
    spec: {
      ...(REPLICAS[name] !== undefined && { replicas: REPLICAS[name] }),
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: podOf(name, service, {
          ports: Object.entries(ports).flatMap(([port, containerPort]) => [
            { name: port, containerPort },
            ...(isDatagram(port) ? [{ name: `${port}-udp`, containerPort, protocol: 'UDP' as const }] : []),
          ]),
          startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: { httpGet, periodSeconds: 2 },
          livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 3 },
        }),
      },
    },
  };
}

function serviceOf(name: string): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: labels(name) },
    spec: {
      // The gateway is the one that chooses a worker: it wants all addresses, not one that stands for them.
      ...(name === 'app' && { clusterIP: 'None' }),
      selector: labels(name),
      ports: Object.entries(PORTS[name] ?? {}).flatMap(([port, number]) => [
        { name: port, port: number, targetPort: number },
        ...(isDatagram(port)
          ? [{ name: `${port}-udp`, port: number, targetPort: number, protocol: 'UDP' as const }]
          : []),
      ]),
    },
  };
}

function isDatagram(port: string): boolean {
  return ['dns', 'root', 'test', 'tatis', 'letters'].includes(port);
}

function jobOf(name: string, service: Service): IJob {
  const pod = podOf(name, { ...service, command: MIGRATE });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: labels(name) },
    spec: {
      backoffLimit: 20,
      ttlSecondsAfterFinished: 600,
      template: { metadata: { labels: labels(name) }, spec: { ...pod, restartPolicy: 'OnFailure' } },
    },
  };
}

/** deploy/kubernetes/base/lab.yaml, by its path. */
export function kubernetesFiles(): Record<string, string> {
  const { services } = readComposition();
  const own = Object.entries(services).filter(([name]) => name in PORTS);
  const objects = own.flatMap(([name, service]) => [deploymentOf(name, service), serviceOf(name)]);
  const all = [...objects, jobOf('migrate', services.migrate ?? {})];
  const head = '# Made from docker-compose.yml by deploy/kubernetes.ts (npm run docs): change it there.\n';
  return {
    [LAB]: head + all.map((each) => `---\n${stringify(each, { aliasDuplicateObjects: false, lineWidth: 0 })}`).join(''),
  };
}
