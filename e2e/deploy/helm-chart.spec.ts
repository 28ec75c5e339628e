// The Helm chart, by helm itself and by the strict schemas of Kubernetes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { findGoTool } from '../clients/go-tools.ts';
import { findPythonTool } from '../python-tools.ts';
import { run } from '../run-program.ts';
import {
  expectAccepted,
  expectRestricted,
  expectSelectors,
  listUnknownSettings,
  listViolations,
  parseManifests,
  podOf,
  type KubernetesObject,
  type PodSpec,
} from './check-manifests.ts';
import { renderChart, SECRETS, SEVERAL, SITE, withValues, type Values } from './render-chart.ts';

const helm = await findGoTool('helm');
const validator = await findPythonTool('kubernetes-validate');
const absent = helm.absent ?? validator.absent;
const ALL = {
  ...SEVERAL,
  worker: { replicas: 2, resources: { requests: { cpu: 1 } } },
  settings: { S3_BUCKET: 'images', PROCESSES: 2, GC_GRACE_SECONDS: 2_000_000, DRAIN_SECONDS: 60, ADMIN_EMAIL: 'a@b.c' },
  image: { repository: 'registry.example.org:5000/vitrine', digest: `sha256:${'0'.repeat(64)}` },
  imagePullSecrets: [{ name: 'pull' }],
  ingress: { enabled: true, className: 'nginx', tlsSecret: 'tls', annotations: { a: 'b' } },
  httpRoute: { enabled: true, parentRefs: [{ name: 'gateway', namespace: 'gateways' }] },
  networkPolicy: {
    enabled: true,
    from: [{ podSelector: {} }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
  },
  metrics: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  autoscaling: { enabled: true },
  service: { type: 'LoadBalancer', port: 8080, annotations: { a: 'b' } },
  serviceAccount: { name: 'images', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/s3' } },
  extraEnv: [{ name: 'MEILI_KEY', valueFrom: { secretKeyRef: { name: 'search', key: 'key' } } }],
  extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }],
  priorityClassName: 'high',
  nodeSelector: { disk: 'fast' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  podAnnotations: { a: 'b' },
  podLabels: { team: 'images' },
};
const MATRIX: Record<string, Values> = {
  'one pod': SITE,
  'several pods': SEVERAL,
  'several pods on one volume': { ...SEVERAL, settings: {}, persistence: { accessModes: ['ReadWriteMany'] } },
  'a Secret of the chart': { ...SEVERAL, existingSecret: '', secretSettings: SECRETS },
  'an existing claim': {
    ...SITE,
    persistence: { existingClaim: 'data', storageClass: 'fast', annotations: { a: 'b' } },
  },
  'TLS in the pod': {
    ...SITE,
    settings: { TLS_CERT: '/tls/tls.crt', TLS_KEY: '/tls/tls.key', METRICS_TOKEN_FILE: '/m' },
  },
  'secrets from files and another Secret': {
    ...SEVERAL,
    existingSecret: '',
    settings: { S3_BUCKET: 'images', DATABASE_URL_FILE: '/s/url', MASTER_KEY_FILE: '/s/key', ADMIN_EMAIL: 'a@b.c' },
    extraEnv: ['AUTH_SECRET', 'ADMIN_PASSWORD'].map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: 'keys', key: name } },
    })),
  },
  everything: ALL,
  ...Object.fromEntries(valuesOfGuide().map((values, index) => [`example ${index + 1} of the guide`, values])),
};

function valuesOfGuide(): Values[] {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/install.md'), 'utf8');
  const [, section = ''] = /^## Run it on Kubernetes with Helm$([^]*?)^## /m.exec(guide) ?? [];
  return [...section.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => parse(text) as Values);
}

describe.skipIf(absent !== null)(`the Helm chart${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const rendered = async (values: Values) => {
    const manifests = parseManifests(await renderChart(helm.path ?? '', values));
    return { manifests, find: (kind: string) => manifests.filter((manifest) => manifest.kind === kind) };
  };

  test.each(Object.entries(MATRIX))('%s: renders what helm lint and Kubernetes accept', async (_, values) => {
    await withValues(values, (args) => run(helm.path ?? '', ['lint', '--strict', ...args]));
    const text = await renderChart(helm.path ?? '', values);
    expect(await listViolations(validator.path ?? '', text)).toEqual([]);
    const manifests = parseManifests(text);
    expectSelectors(manifests);
    const pods = manifests.flatMap(podOf);
    expect(pods.length).toBeGreaterThan(1);
    for (const pod of pods) expectRestricted(pod);
    const servers = manifests.filter(({ kind }) => kind !== 'Pod').flatMap(podOf);
    const names = servers.flatMap(({ containers }) =>
      containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
    );
    expect(listUnknownSettings(names)).toEqual([]);
  });

  test('runs one pod at a time on a volume that survives helm uninstall', async () => {
    const { find } = await rendered(SITE);
    const [deployment] = find('Deployment');
    expect(deployment?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(deployment?.spec.template.spec.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'site-vitrine' },
    });
    expect(find('PersistentVolumeClaim')[0]?.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    for (const kind of ['Job', 'PodDisruptionBudget', 'Secret', 'Ingress']) expect(find(kind)).toEqual([]);
  });

  test.each(valuesOfGuide())('renders settings of the guide that a site accepts', async (values) => {
    const { find } = await rendered(values);
    const secret = values.existingSecret ? { ...SECRETS, S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'key' } : {};
    for (const { spec } of find('Deployment')) expectAccepted({ ...secret, ...environmentOf(spec.template.spec) });
  });

  test('runs one pod at a time on the embedded database, even if the volume is shared', async () => {
    const { find } = await rendered({ ...SITE, persistence: { accessModes: ['ReadWriteMany'] } });
    expect(find('Deployment')[0]?.spec.strategy?.type).toBe('Recreate');
    const { find: findShared } = await rendered(MATRIX['several pods on one volume'] ?? {});
    expect(findShared('Deployment')[0]?.spec.strategy?.type).toBe('RollingUpdate');
  });

  test('places the migration and the test where the pods may run', async () => {
    const { manifests } = await rendered({ ...ALL, affinity: { nodeAffinity: {} } });
    const pods = manifests.flatMap(podOf);
    expect(pods.length).toBe(4);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        nodeSelector: { disk: 'fast' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
        priorityClassName: 'high',
      });
    }
  });

  test('migrates before new pods start, and gives them the time to drain', async () => {
    const { find } = await rendered(ALL);
    const [job] = find('Job');
    expect(job?.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(job?.spec.template.spec.containers[0]?.args).toEqual(['migrate']);
    for (const { spec } of find('Deployment')) {
      expect(spec.template.spec.terminationGracePeriodSeconds).toBe(70);
      expect(environmentOf(spec.template.spec)).toMatchObject({
        MIGRATE: '0',
        PROXIES: '1',
        PROCESSES: '2',
        GC_GRACE_SECONDS: '2000000',
      });
    }
    expect(find('Deployment').map(({ spec }) => environmentOf(spec.template.spec).ROLE)).toEqual(['web', 'worker']);
  });

  test('speaks TLS to pods that do', async () => {
    const { find } = await rendered({
      ...SITE,
      settings: { TLS_CERT: '/tls/tls.crt', TLS_KEY: '/tls/tls.key' },
      secretSettings: { METRICS_TOKEN: 'a'.repeat(16) },
      metrics: { serviceMonitor: { enabled: true } },
    });
    const [container] = find('Deployment')[0]?.spec.template.spec.containers ?? [];
    for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe])
      expect(probe?.httpGet.scheme).toBe('HTTPS');
    expect(find('ServiceMonitor')[0]?.spec).toMatchObject({
      endpoints: [{ scheme: 'https', tlsConfig: { insecureSkipVerify: true } }],
    });
    expect(environmentOf(find('Pod')[0]?.spec ?? { containers: [] }).SITE).toBe('https://site-vitrine:80');
  });

  test('brings its Secret to the first migration', async () => {
    const { find } = await rendered({ ...SEVERAL, existingSecret: '', secretSettings: SECRETS });
    expect(find('Secret').map(({ metadata, stringData }) => [metadata.name, stringData])).toEqual([
      ['site-vitrine-settings', SECRETS],
      ['site-vitrine-migrate', SECRETS],
    ]);
  });

  test('routes the host of the address, and reads metrics with a token', async () => {
    const { find } = await rendered(ALL);
    expect(find('Ingress')[0]?.spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['images.example.org'], secretName: 'tls' }],
      rules: [{ host: 'images.example.org' }],
    });
    // The schemas of Kubernetes don't have these kinds, so every field is listed.
    expect(find('HTTPRoute')[0]?.spec).toEqual({
      parentRefs: [{ name: 'gateway', namespace: 'gateways' }],
      hostnames: ['images.example.org'],
      rules: [{ backendRefs: [{ name: 'site-vitrine', port: 8080 }], timeouts: { request: '0s' } }],
    });
    const endpoint = {
      port: 'http',
      path: '/metrics',
      scheme: 'http',
      interval: '30s',
      authorization: { type: 'Bearer', credentials: { name: 'vitrine', key: 'METRICS_TOKEN' } },
    };
    const labels = { 'app.kubernetes.io/name': 'vitrine', 'app.kubernetes.io/instance': 'site' };
    expect(find('ServiceMonitor')[0]?.spec).toEqual({ selector: { matchLabels: labels }, endpoints: [endpoint] });
    expect(find('PodMonitor')[0]?.spec).toEqual({
      selector: { matchLabels: { ...labels, 'app.kubernetes.io/component': 'worker' } },
      podMetricsEndpoints: [endpoint],
    });
  });

  test.each(['"', '\n- name: X', '{{ .Release }}', '# no', "'", '\\ $PORT'])(
    'renders %j in a setting as it is written',
    async (value) => {
      const settings = { SMTP_FROM: `Vitrine ${value}` };
      const { find } = await rendered({ ...SITE, settings, secretSettings: { ADMIN_PASSWORD: value } });
      const [deployment] = find('Deployment') as [KubernetesObject];
      expect(environmentOf(deployment.spec.template.spec).SMTP_FROM).toBe(settings.SMTP_FROM);
      expect(find('Secret')[0]?.stringData).toEqual({ ADMIN_PASSWORD: value });
    },
  );

  test('keeps Kubernetes from expanding a setting', async () => {
    const { find } = await rendered({ ...SITE, settings: { SMTP_FROM: '$(PUBLIC_URL)' } });
    const [deployment] = find('Deployment') as [KubernetesObject];
    expect(environmentOf(deployment.spec.template.spec).SMTP_FROM).toBe('$$(PUBLIC_URL)');
  });
});

function environmentOf({ containers }: Pick<PodSpec, 'containers'>): Record<string, string> {
  return Object.fromEntries((containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]));
}
