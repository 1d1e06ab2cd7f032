// The lab's own services for Kubernetes, made from docker-compose.yml: a Deployment and a Service each, within the pod security
// standard "restricted". What Compose has no word for (policies, ingress, the database's storage) is written by hand beside it.

import {
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

export const LAB = 'deploy/kubernetes/base/lab.yaml';

/** The ports of each service; probes use the first. */
const PORTS: Record<string, Record<string, number>> = {
  visitor: { page: 8190 },
  dns: { control: 8153, dns: 1053, root: 1061, test: 1062, tatis: 1063, djangogirls: 1064, my: 1065 },
  proxy: { site: 8180, 'site-pp': 8181, tls: 8443, 'tls-pp': 8444, control: 8184 },
  corner: { control: 8300, router: 8301 },
  north: { control: 8300, router: 8301 },
  south: { control: 8300, router: 8301 },
  harbour: { control: 8300, router: 8301 },
  gateway: { control: 8183, requests: 8182 },
  app: { requests: 8201 },
};
const UDP = ['dns', 'root', 'test', 'tatis', 'djangogirls', 'my'];
/** Measured (docs/bench.md): thousandths of a core, MiB. */
const REQUESTS: Record<string, { cpu: number; memory: number }> = {
  app: { cpu: 100, memory: 96 },
  proxy: { cpu: 100, memory: 96 },
};
const MIN_REQUESTS = { cpu: 20, memory: 64 };
/** A ConfigMap of the overlay, for what differs from cluster to cluster; it also sets WAYBILL_ALLOWED_HOSTS. */
const SETTINGS = 'settings';
const FROM_SETTINGS = ['WAYBILL_PAGE_URL', 'WAYBILL_JAEGER_PAGE'];
const SECRET = 'lab';
const SECRET_FOLDER = '/run/secrets/waybill';
/** `node` in the image. */
const USER = 1000;
/** Seconds in which a pod that ends still takes connections: until then its address is in use elsewhere. */
const DEREGISTRATION = 5;

const labels = (name: string) => ({ 'app.kubernetes.io/name': name });

function deploymentOf(name: string, service: Service, migrate: Service) {
  const ports = portsOf(name);
  // A service accepts few Host headers, and a pod's address is not among them.
  const httpGet = { path: '/healthz', port: ports[0]?.number, httpHeaders: [{ name: 'Host', value: 'localhost' }] };
  const container = {
    ...containerOf(name, service),
    ports: ports.map(({ name, number, protocol }) => ({ name, containerPort: number, protocol })),
    startupProbe: { httpGet, timeoutSeconds: 5, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { httpGet, timeoutSeconds: 5, periodSeconds: 2 },
    livenessProbe: { httpGet, timeoutSeconds: 5, periodSeconds: 10 },
    lifecycle: { preStop: { exec: { command: ['sleep', String(DEREGISTRATION)] } } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: labels(name) },
    spec: {
      ...(REPLICAS[name] !== undefined && { replicas: REPLICAS[name] }),
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: DEREGISTRATION + 10,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels(name) },
            },
          ],
          // Each worker migrates first, under the database's lock: a Job could not be applied again with another image.
          ...(name === 'app' && { initContainers: [containerOf('migrate', { ...migrate, command: MIGRATE })] }),
          containers: [container],
          volumes: [
            { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
            ...(SECRETS[name] ? [{ name: 'secrets', secret: secretOf(SECRETS[name]) }] : []),
          ],
        },
      },
    },
  };
}

function containerOf(name: string, service: Service) {
  const { cpu, memory } = REQUESTS[name] ?? MIN_REQUESTS;
  return {
    name,
    image: 'waybill',
    imagePullPolicy: 'IfNotPresent',
    command: service.command,
    envFrom: [{ configMapRef: { name: SETTINGS } }],
    env: Object.entries(environmentOf(name, service, SECRET_FOLDER))
      .map(([key, value]) => [key, withDefaults(value)] as const)
      .filter(([key, value]) => value !== '' && !FROM_SETTINGS.includes(key))
      .map(([key, value]) =>
        key === 'WAYBILL_DATABASE_URL'
          ? { name: key, valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } }
          : { name: key, value },
      ),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    resources: { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` }, limits: { memory: '256Mi' } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(SECRETS[name] ? [{ name: 'secrets', mountPath: SECRET_FOLDER, readOnly: true }] : []),
    ],
  };
}

/** Only these files of the Secret: a client of the authority does not get its key. */
function secretOf(keys: readonly string[]) {
  return { secretName: SECRET, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) };
}

function serviceOf(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: labels(name) },
    spec: {
      // Headless: the gateway needs the address of each worker.
      ...(name === 'app' && { clusterIP: 'None' }),
      selector: labels(name),
      ports: portsOf(name).map(({ name, number, protocol }) => ({ name, port: number, targetPort: number, protocol })),
    },
  };
}

function portsOf(service: string): { name: string; number: number; protocol: 'TCP' | 'UDP' }[] {
  return Object.entries(PORTS[service] ?? {}).flatMap(([name, number]) => [
    { name, number, protocol: 'TCP' as const },
    ...(UDP.includes(name) ? [{ name: `${name}-udp`, number, protocol: 'UDP' as const }] : []),
  ]);
}

/** deploy/kubernetes/base/lab.yaml, by its path. */
export function kubernetesFiles(): Record<string, string> {
  const { services } = readComposition();
  const objects = Object.entries(services)
    .filter(([name]) => name in PORTS)
    .flatMap(([name, service]) => [deploymentOf(name, service, services.migrate ?? {}), serviceOf(name)]);
  const text = objects.map((each) => `---\n${yaml(each)}`).join('');
  return { [LAB]: `${generatedBy('kubernetes.ts')}\n${text}` };
}
