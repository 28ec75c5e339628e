// The kustomizations, by kustomize itself and by the strict schemas of Kubernetes.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findGoTool } from '../clients/go-tools.ts';
import { withFolder } from '../fixtures.ts';
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
} from './check-manifests.ts';

const kustomize = await findGoTool('kustomize');
const validator = await findPythonTool('kubernetes-validate');
const absent = kustomize.absent ?? validator.absent;
const ROOT = join(import.meta.dirname, '../..');

describe.skipIf(absent !== null)(`kustomize${absent ? ` (skipped: ${absent})` : ''}`, () => {
  test.each([
    ['single', { replicas: 1, strategy: 'Recreate', kinds: ['PersistentVolumeClaim'] }],
    ['replicas', { replicas: 3, strategy: 'RollingUpdate', kinds: ['PodDisruptionBudget'] }],
  ])('builds deploy/kubernetes/%s, which Kubernetes accepts', async (name, { replicas, strategy, kinds }) => {
    const text = await run(kustomize.path ?? '', ['build', join(ROOT, 'deploy/kubernetes', name)]);
    expect(await listViolations(validator.path ?? '', text)).toEqual([]);
    const manifests = parseManifests(text);
    expect(manifests.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
    expectSelectors(manifests);
    const [deployment] = manifests.filter(({ kind }) => kind === 'Deployment');
    expect(deployment?.spec).toMatchObject({ replicas, strategy: { type: strategy } });
    for (const pod of manifests.flatMap(podOf)) {
      expectRestricted(pod);
      const volumes = pod.volumes.map((volume) => volume.name).sort();
      expect(pod.containers[0]?.volumeMounts?.map((mount) => mount.name).sort()).toEqual(volumes);
    }
    const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    expect(settings.PUBLIC_URL).toBeDefined();
    expectAccepted(settings);
    expect(listUnknownSettings(Object.keys(settings))).toEqual([]);
  });

  test('builds the overlay of the guide', async () => {
    const guide = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');
    const [, overlay = ''] = /^```yaml\n# kustomization\.yaml\n([^]*?)^```$/m.exec(guide) ?? [];
    await withFolder(async (folder) => {
      const path = relative(realpathSync(folder), ROOT);
      writeFileSync(join(folder, 'kustomization.yaml'), overlay.replace('../vitrine', path));
      const manifests = parseManifests(await run(kustomize.path ?? '', ['build', folder]));
      const images = manifests.flatMap(podOf).flatMap(({ containers }) => containers.map(({ image }) => image));
      expect(images).toEqual(['registry.example.org/vitrine:0.1.0']);
      const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.data;
      expect(settings).toMatchObject({ PUBLIC_URL: 'https://images.example.org', PROXIES: '1' });
    });
  });
});
