import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { HOST, createPublisher, withFolder } from '../fixtures.ts';
import { run, runLogged } from '../run-program.ts';
import { findGoTool } from './go-tools.ts';
import { readLayoutBlobs } from './read-layout-blobs.ts';
import { buildSampleImage, buildSampleIndex } from './sample-image.ts';

const { path, absent } = await findGoTool('crane');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

/** crane in its own folder, without credentials. */
function craneIn(folder: string) {
  const env = { DOCKER_CONFIG: join(folder, 'config') };
  return {
    crane: (...args: string[]) => run(path ?? '', args, env),
    craneLog: async (...args: string[]) => (await runLogged(path ?? '', args, env)).log,
    login: (secret: string) => run(path ?? '', ['auth', 'login', HOST, '-u', 'token', '-p', secret], env),
  };
}

describe('crane', () => {
  test.skipIf(absent)(title('pushes an index, which anyone can pull back unchanged'), async () => {
    const { alias, secret } = await createPublisher();
    const index = await buildSampleIndex();
    const reference = `${HOST}/${alias}/crane/sample:v1`;
    await withFolder(async (folder) => {
      const { crane, login } = craneIn(folder);
      await writeOciLayout(join(folder, 'in'), index, 'v1');
      await login(secret);
      await crane('push', '--index', join(folder, 'in'), reference);
      await crane('auth', 'logout', HOST);
      const digest = await crane('digest', reference);
      await crane('pull', '--format=oci', reference, join(folder, 'out'));
      const [sent, came] = ['in', 'out'].map((name) => readLayoutBlobs(join(folder, name)));
      const { [digest.slice('sha256:'.length)]: wrapper, ...rest } = came ?? {};
      expect(wrapper).toBeDefined();
      for (const [hex, bytes] of Object.entries(sent ?? {})) expect({ ...rest, [digest]: wrapper }[hex]).toBe(bytes);
      await crane('validate', '--remote', reference);
    });
  });

  test.skipIf(absent)(title('copies between repositories by mounting, and tags, lists and deletes'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const image = await buildSampleImage();
    const [from, to] = [`${HOST}/${alias}/crane/from`, `${HOST}/${alias}/crane/to`];
    await withFolder(async (folder) => {
      const { crane, craneLog, login } = craneIn(folder);
      await writeOciLayout(join(folder, 'in'), image, 'v1');
      await login(secret);
      await crane('push', join(folder, 'in'), `${from}:v1`);
      const log = await craneLog('copy', `${from}:v1`, `${to}:v1`);
      for (const { digest } of image.blobs) expect(log).toContain(`mounted blob: ${digest}`);
      await crane('tag', `${to}:v1`, 'v2');
      expect((await crane('ls', to)).split('\n')).toEqual(['v1', 'v2']);
      expect(await crane('manifest', `${to}:v2`)).toBe(image.bytes.toString());
      await crane('delete', `${to}:v1`);
      expect(await crane('ls', to)).toBe('v2');
      await crane('delete', `${to}@${image.digest}`);
      await expect(crane('manifest', `${to}:v2`)).rejects.toThrow('MANIFEST_UNKNOWN');
      expect(await crane('digest', `${from}:v1`)).toBe(image.digest);
    });
  });

  test.skipIf(absent)(title('streams a layer of unknown size on top of an image'), async () => {
    const { alias, secret } = await createPublisher();
    const reference = `${HOST}/${alias}/crane/appended`;
    const layer = await buildTar([{ path: 'more', content: randomBytes(3_000_000) }]);
    await withFolder(async (folder) => {
      const { crane, login } = craneIn(folder);
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      writeFileSync(join(folder, 'layer.tar'), layer);
      await login(secret);
      await crane('push', join(folder, 'in'), `${reference}:v1`);
      await crane('append', '-b', `${reference}:v1`, '-f', join(folder, 'layer.tar'), '-t', `${reference}:v2`);
      const manifest = JSON.parse(await crane('manifest', `${reference}:v2`)) as { layers: unknown[] };
      expect(manifest.layers).toHaveLength(3);
      await crane('validate', '--remote', `${reference}:v2`);
    });
  });

  test.skipIf(absent)(title('is refused with a wrong secret and under a foreign alias'), async () => {
    const [owner, other] = [await createPublisher(), await createPublisher()];
    await withFolder(async (folder) => {
      const { crane, login } = craneIn(folder);
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      const push = () => crane('push', join(folder, 'in'), `${HOST}/${owner.alias}/no:v1`);
      await expect(push()).rejects.toThrow('401 Unauthorized');
      await login('wrong');
      await expect(push()).rejects.toThrow(/UNAUTHORIZED|401/);
      await login(other.secret);
      await expect(push()).rejects.toThrow('DENIED');
    });
  });
});
