import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, createPublisher, withFolder } from '../fixtures.ts';
import { run, runLogged } from '../run-program.ts';
import { findGoTool } from './go-tools.ts';
import { buildSampleIndex } from './sample-image.ts';

const { path, absent } = await findGoTool('oras');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

type Discovered = { referrers?: { digest: string; artifactType: string }[] };

/** oras with its own credentials file, signed in. */
async function orasIn(folder: string, secret: string) {
  const config = join(folder, 'config.json');
  const oras = (...command: string[]) =>
    run(path ?? '', [...command, '--plain-http', '--registry-config', config], { HOME: folder });
  /** Returns the log of the copied content. */
  const copy = async (...command: string[]) => {
    const [from, to] = ['from', 'to'].map((end) => [`--${end}-plain-http`, `--${end}-registry-config`, config]);
    const isLayout = command.includes('--from-oci-layout');
    const args = ['cp', ...command, ...(isLayout ? [] : (from ?? [])), ...(to ?? [])];
    const { output, log } = await runLogged(path ?? '', args, { HOME: folder });
    return `${output}\n${log}`;
  };
  const logout = () => run(path ?? '', ['logout', '--registry-config', config, HOST]);
  await oras('login', HOST, '-u', 'token', '-p', secret);
  return { oras, copy, logout };
}

describe('oras', () => {
  test.skipIf(absent)(title('pushes a file as an artifact, pulls it back, lists and deletes'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const repository = `${HOST}/${alias}/oras/files`;
    const bytes = randomBytes(200_000);
    await withFolder(async (folder) => {
      const { oras, logout } = await orasIn(folder, secret);
      writeFileSync(join(folder, 'data.bin'), bytes);
      const file = `${join(folder, 'data.bin')}:application/vnd.example.data`;
      const push = ['push', '--disable-path-validation', '--artifact-type', 'application/vnd.example'];
      await oras(...push, `${repository}:v1,v2`, file);
      await logout();
      expect((await oras('repo', 'tags', repository)).split('\n')).toEqual(['v1', 'v2']);
      // oras unpacks it to where it was packed.
      rmSync(join(folder, 'data.bin'));
      await oras('pull', '--allow-path-traversal', '-o', join(folder, 'out'), `${repository}:v1`);
      expect(readFileSync(join(folder, 'data.bin')).equals(bytes)).toBe(true);
      const digest = await oras('resolve', `${repository}:v1`);
      await oras('login', HOST, '-u', 'token', '-p', secret);
      await oras('tag', `${repository}:v1`, 'v3');
      await oras('manifest', 'delete', '-f', `${repository}@${digest}`);
      expect(await oras('repo', 'tags', repository)).toBe('');
    });
  });

  test.skipIf(absent)(title('attaches to an image, discovers the attachments and copies both'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const [from, to] = [`${HOST}/${alias}/oras/from`, `${HOST}/${alias}/oras/to`];
    const index = await buildSampleIndex();
    await withFolder(async (folder) => {
      const { oras, copy } = await orasIn(folder, secret);
      await writeOciLayout(join(folder, 'in'), index, 'v1');
      writeFileSync(join(folder, 'sbom.json'), '{}');
      await copy('--from-oci-layout', `${join(folder, 'in')}:v1`, `${from}:v1`);
      for (const kind of ['sbom', 'note']) {
        const file = `${join(folder, 'sbom.json')}:application/json`;
        const attach = ['attach', '--disable-path-validation', '--artifact-type', `application/vnd.example.${kind}`];
        await oras(...attach, `${from}:v1`, file);
      }
      const discover = async (repository: string, ...more: string[]) => {
        const found = JSON.parse(await oras('discover', '--format', 'json', ...more, `${repository}:v1`)) as Discovered;
        return (found.referrers ?? []).map(({ artifactType }) => artifactType).sort();
      };
      expect(await discover(from)).toEqual(['application/vnd.example.note', 'application/vnd.example.sbom']);
      const type = 'application/vnd.example.sbom';
      expect(await discover(from, '--artifact-type', type)).toEqual([type]);
      // The referrers tag schema of old registries would add a tag.
      expect(await oras('repo', 'tags', from)).toBe('v1');

      expect(await copy('-r', `${from}:v1`, `${to}:v1`)).toContain('Mounted');
      expect(await discover(to)).toEqual(await discover(from));
      expect(await oras('manifest', 'fetch', `${to}:v1`)).toBe(index.bytes.toString());
    });
  });

  test.skipIf(absent)(title('pushes, fetches and deletes a single blob'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const repository = `${HOST}/${alias}/oras/blobs`;
    await withFolder(async (folder) => {
      const { oras } = await orasIn(folder, secret);
      writeFileSync(join(folder, 'blob'), 'some bytes');
      const pushed = await oras('blob', 'push', '--descriptor', repository, join(folder, 'blob'));
      const { digest } = JSON.parse(pushed) as { digest: string };
      expect(await oras('blob', 'fetch', '--output', '-', `${repository}@${digest}`)).toBe('some bytes');
      await oras('blob', 'delete', '-f', `${repository}@${digest}`);
      await expect(oras('blob', 'fetch', '--output', '-', `${repository}@${digest}`)).rejects.toThrow(/not found/);
    });
  });
});
