// The Kubernetes example: by the schemas of Kubernetes, and by containerd through the interface that a kubelet uses.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { BASE_URL, createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { listViolations, parseManifests } from '../../deploy/check-manifests.ts';
import { findPythonTool } from '../../python-tools.ts';
import { run } from '../../run-program.ts';
import { containerdAbsent, startContainerd } from '../containerd.ts';
import { buildGoProgram, findGoTool } from '../go-tools.ts';
import { buildSampleImage } from '../sample-image.ts';
import { readExample } from './read-example.ts';

const title = (text: string, reason: string | null) => (reason ? `${text} (skipped: ${reason})` : text);
const validator = await findPythonTool('kubernetes-validate');
const crictl = await findGoTool('crictl');
const pause = await buildGoProgram(join(import.meta.dirname, 'pause'));
const absent = containerdAbsent() ?? missing('runc') ?? crictl.absent ?? pause.absent;

test.skipIf(validator.absent)(title('Kubernetes accepts the example', validator.absent), async () => {
  expect(await listViolations(validator.path ?? '', readExample('kubernetes.yaml', { alias: 'acme' }))).toEqual([]);
});

type DockerConfig = { auths: Record<string, { username: string; password: string }> };

/** What a kubelet takes from the secret for the image's registry. */
function readPullSecret(alias: string, token: string): { credentials: string; image: string } {
  const objects = parseManifests(readExample('kubernetes.yaml', { alias }));
  const secret = objects.find(({ kind }) => kind === 'Secret')?.stringData?.['.dockerconfigjson'] ?? '{}';
  const { username, password } = (JSON.parse(secret) as DockerConfig).auths[HOST] ?? { username: '', password: '' };
  expect(password).toBe('TOKEN');
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  const image = deployment?.spec.template.spec.containers[0]?.image ?? '';
  return { credentials: `${username}:${token}`, image };
}

test.skipIf(absent)(
  title('containerd starts a pod of a private image with the credentials of its secret', absent),
  async () => {
    const { alias, secret } = await createPublisher('pull', 'push', 'api:write');
    await createRepository(secret, { fullName: `${alias}/app`, visibility: 'private' });
    const client = createDistributionClient(BASE_URL, secret);
    await client.push(`${alias}/app`, await buildSampleImage(), ['v1']);
    const sandbox = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: new Date().toISOString(),
      layers: [[{ path: 'pause', content: readFileSync(pause.path ?? ''), mode: 0o755 }]],
      config: { Entrypoint: ['/pause'] },
    });
    await client.push(`${alias}/pause`, sandbox, ['v1']);
    const { credentials, image } = readPullSecret(alias, secret);
    await withFolder(async (folder) => {
      const daemon = await startContainerd((home) => describeCri(home, `${HOST}/${alias}/pause:v1`));
      const cri = (...args: string[]) =>
        run(crictl.path ?? '', ['-r', `unix://${daemon.address}`, '-t', '60s', ...args]);
      const write = (file: string, content: object) => {
        writeFileSync(join(folder, file), JSON.stringify(content));
        return join(folder, file);
      };
      try {
        daemon.setMirror(HOST, BASE_URL);
        await expect(cri('pull', image)).rejects.toThrow(/unauthorized|authorization failed/i);
        await cri('pull', '--creds', credentials, image);
        const pod = write('pod.json', {
          metadata: { name: 'app', namespace: 'default', uid: 'app', attempt: 0 },
          log_directory: folder,
          linux: { security_context: { namespace_options: { network: 2 } } },
        });
        const container = write('container.json', { metadata: { name: 'app' }, image: { image }, log_path: 'app.log' });
        const podId = await cri('runp', pod);
        const id = await cri('create', '--no-pull', podId, container, pod);
        await cri('start', id);
        await expect
          .poll(() => readFileSync(join(folder, 'app.log'), 'utf8'), { timeout: 20_000 })
          .toContain('hello from a test');
        await cri('rmp', '--force', podId);
      } finally {
        await daemon.stop();
      }
    });
  },
);

async function createRepository(token: string, repository: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${BASE_URL}/api/v1/repositories`, {
    method: 'POST',
    headers,
    body: JSON.stringify(repository),
  });
  expect(answer.status).toBe(201);
}

/** Without a pod network, which pods on the host's don't need, and without rights that a container's root may lack. */
function describeCri(folder: string, sandboxImage: string): string {
  return `[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  stream_server_address = "127.0.0.1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${folder}/hosts"
`;
}
