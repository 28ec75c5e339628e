// Checks of Kubernetes' manifests that the Helm chart and the kustomizations share.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { expect } from 'vitest';
import { readConfig, VARIABLES } from '#lib/config.ts';
import type { VariableRow } from '#lib/platform/config/variables.ts';
import { withFolder } from '../fixtures.ts';
import { runLogged } from '../run-program.ts';

type Variable = { name: string; value?: string };
type Probe = { httpGet: { path: string; scheme?: string } };
type Container = {
  image: string;
  env?: Variable[];
  args?: string[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  securityContext?: object;
  volumeMounts?: { name: string; mountPath: string }[];
};
export type PodSpec = {
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: object;
  containers: Container[];
  volumes: { name: string; persistentVolumeClaim?: object; emptyDir?: object }[];
};
export type KubernetesObject = {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: PodSpec & {
    replicas?: number;
    strategy?: { type: string };
    selector: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
};

/** Definitions that a cluster may have. The schemas of Kubernetes don't include them. */
const EXTENSIONS = ['HTTPRoute', 'PodMonitor', 'ServiceMonitor'];

export function parseManifests(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as KubernetesObject | null) ?? []);
}

/** Returns what the strict schemas of Kubernetes object to. */
export async function listViolations(validator: string, text: string): Promise<string[]> {
  return withFolder(async (folder) => {
    const path = join(folder, 'manifests.yaml');
    writeFileSync(path, text);
    const { output, log } = await runLogged(validator, ['--strict', path]).catch((error: Error) => ({
      output: error.message,
      log: '',
    }));
    const isKnown = (line: string) => EXTENSIONS.some((kind) => line.includes(`find schema for kind ${kind} `));
    return `${output}\n${log}`.split('\n').filter((line) => /^(?:WARN|ERROR)|failed/.test(line) && !isKnown(line));
  });
}

/** Finds the pods that a manifest starts. */
export function podOf({ kind, spec }: KubernetesObject): PodSpec[] {
  if (kind === 'Pod') return [spec];
  return kind === 'Deployment' || kind === 'Job' ? [spec.template.spec] : [];
}

/** Expects what Pod Security Standards call restricted, and a root that can't be written. */
export function expectRestricted(pod: PodSpec): void {
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  for (const { securityContext } of pod.containers) {
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
}

/** Expects Services, Deployments and disruption budgets to select pods that exist. */
export function expectSelectors(manifests: KubernetesObject[]): void {
  const pods = manifests.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template.metadata.labels);
  for (const { kind, spec } of manifests) {
    if (!['Service', 'Deployment', 'PodDisruptionBudget'].includes(kind)) continue;
    const selector = kind === 'Service' ? spec.selector : spec.selector.matchLabels;
    expect(pods).toContainEqual(expect.objectContaining(selector));
  }
}

/** Expects a start with these settings to succeed as far as they go. @throws AppError naming a wrong one */
export function expectAccepted(settings: Record<string, string>): void {
  expect(readConfig(settings).publicUrl).toBe(settings.PUBLIC_URL);
}

/** Returns the names that aren't settings of docs/settings.md. */
export function listUnknownSettings(names: string[]): string[] {
  const rows = VARIABLES as Record<string, VariableRow>;
  return names.filter((name) => !(name in rows) && !rows[name.replace(/_FILE$/, '')]?.isSecret);
}
