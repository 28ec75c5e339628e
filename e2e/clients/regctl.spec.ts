import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildManifest, blobOf } from '#lib/testing/images/build-image.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, createPublisher, withFolder } from '../fixtures.ts';
import { run, runLogged } from '../run-program.ts';
import { findGoTool } from './go-tools.ts';
import { readLayoutBlobs } from './read-layout-blobs.ts';
import { buildSampleIndex } from './sample-image.ts';

const { path, absent } = await findGoTool('regctl');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

/** regctl in its own folder, signed in. Sends blobs larger than 150 kB in chunks of 100 kB. */
async function regctlIn(folder: string, secret: string) {
  const env = { REGCTL_CONFIG: join(folder, 'config.json'), DOCKER_CONFIG: folder };
  const regctl = (...args: string[]) => run(path ?? '', args, env);
  const regctlLog = async (...args: string[]) => (await runLogged(path ?? '', ['-v', 'trace', ...args], env)).log;
  await regctl('registry', 'set', '--tls=disabled', '--blob-chunk=100000', '--blob-max=150000', HOST);
  await regctl('registry', 'login', HOST, '-u', 'token', '-p', secret);
  return { regctl, regctlLog };
}

describe('regctl', () => {
  test.skipIf(absent)(title('pushes an index, which anyone can pull back unchanged'), async () => {
    const { alias, secret } = await createPublisher();
    const reference = `${HOST}/${alias}/regctl/sample:v1`;
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), await buildSampleIndex(), 'v1');
      const { regctl } = await regctlIn(folder, secret);
      await regctl('image', 'copy', `ocidir://${folder}/in:v1`, reference);
      await regctl('registry', 'logout', HOST);
      await regctl('image', 'copy', reference, `ocidir://${folder}/out:v1`);
      expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));
    });
  });

  test.skipIf(absent)(title('copies between repositories by mounting, lists and deletes'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const [from, to] = [`${HOST}/${alias}/regctl/from`, `${HOST}/${alias}/regctl/to`];
    const index = await buildSampleIndex();
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), index, 'v1');
      const { regctl, regctlLog } = await regctlIn(folder, secret);
      await regctl('image', 'copy', `ocidir://${folder}/in:v1`, `${from}:v1`);
      expect(await regctlLog('image', 'copy', `${from}:v1`, `${to}:v1`)).toMatch(/mount=/);
      await regctl('image', 'copy', `${to}:v1`, `${to}:v2`);
      expect(await regctl('manifest', 'get', '--format', 'raw-body', `${to}:v1`)).toBe(index.bytes.toString());
      expect((await regctl('tag', 'ls', to)).split('\n')).toEqual(['v1', 'v2']);
      await regctl('tag', 'delete', `${to}:v1`);
      expect(await regctl('tag', 'ls', to)).toBe('v2');
      await regctl('manifest', 'delete', `${to}@${index.digest}`);
      expect(await regctl('tag', 'ls', to)).toBe('');
      expect(await regctl('image', 'digest', `${from}:v1`)).toBe(index.digest);
    });
  });

  test.skipIf(absent)(title('sends a large blob in chunks with ranges'), async () => {
    const { alias, secret } = await createPublisher();
    const reference = `${HOST}/${alias}/regctl/chunks:v1`;
    const config = blobOf('application/vnd.oci.image.config.v1+json', '{"os":"linux","architecture":"amd64"}');
    const layer = blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(1_234_567));
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), buildManifest({ config, layers: [layer] }), 'v1');
      const { regctl, regctlLog } = await regctlIn(folder, secret);
      const log = await regctlLog('image', 'copy', `ocidir://${folder}/in:v1`, reference);
      expect(log.match(/PATCH/g)?.length).toBeGreaterThanOrEqual(12);
      await regctl('image', 'copy', reference, `ocidir://${folder}/out:v1`);
      expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));
    });
  });

  test.skipIf(absent)(
    title('attaches artifacts, lists them by type and copies an image with all of them'),
    async () => {
      const { alias, secret } = await createPublisher();
      const [from, to] = [`${HOST}/${alias}/regctl/subject`, `${HOST}/${alias}/regctl/copied`];
      await withFolder(async (folder) => {
        await writeOciLayout(join(folder, 'in'), await buildSampleIndex(), 'v1');
        writeFileSync(join(folder, 'note'), 'a note');
        const { regctl } = await regctlIn(folder, secret);
        await regctl('image', 'copy', `ocidir://${folder}/in:v1`, `${from}:v1`);
        for (const kind of ['sbom', 'note']) {
          const put = [
            'artifact',
            'put',
            '--artifact-type',
            `application/vnd.example.${kind}`,
            '-f',
            join(folder, 'note'),
          ];
          await regctl(...put, '--subject', `${from}:v1`);
        }
        const list = async (repository: string, ...more: string[]) => {
          const format = '{{range .Descriptors}}{{println .ArtifactType}}{{end}}';
          return (await regctl('artifact', 'list', '--format', format, ...more, `${repository}:v1`)).split('\n').sort();
        };
        expect(await list(from)).toEqual(['application/vnd.example.note', 'application/vnd.example.sbom']);
        const onlyNotes = ['--filter-artifact-type', 'application/vnd.example.note'];
        expect(await list(from, ...onlyNotes)).toEqual(['application/vnd.example.note']);
        expect(await regctl('tag', 'ls', from)).toBe('v1');
        await regctl('image', 'copy', '--referrers', `${from}:v1`, `${to}:v1`);
        expect(await list(to)).toEqual(await list(from));
      });
    },
  );
});
