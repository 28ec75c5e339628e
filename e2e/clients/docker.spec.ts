import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { HOST, createPublisher, vitrine } from '../fixtures.ts';
import { dockerAbsent, startDocker, type Docker } from './docker-daemon.ts';

const absent = dockerAbsent();
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

describe('docker', () => {
  let daemon: Docker;
  beforeAll(async () => {
    if (!absent) daemon = await startDocker();
  });
  afterAll(() => daemon?.stop());

  async function importImage(reference: string): Promise<string> {
    const tar = join(daemon.folder, `${randomUUID()}.tar`);
    writeFileSync(tar, await buildTar([{ path: 'data', content: randomUUID().repeat(50_000) }]));
    return daemon.docker('import', tar, reference);
  }

  test.skipIf(absent)(title('logs in, pushes, logs out and pulls back the same image'), async () => {
    const { email, alias, secret } = await createPublisher();
    const reference = `${HOST}/${alias}/made/by-docker:v1`;
    const id = await importImage(reference);
    await daemon.docker('login', '-u', email, '-p', secret, HOST);
    expect(await daemon.docker('push', reference)).toMatch(/digest: sha256:/);
    await daemon.docker('logout', HOST);
    const digest = (await daemon.docker('inspect', '-f', '{{index .RepoDigests 0}}', reference)).split('@')[1] ?? '';
    await daemon.docker('rmi', reference);
    await daemon.docker('pull', reference);
    expect(await daemon.docker('inspect', '-f', '{{.Id}}', reference)).toBe(id);
    await daemon.docker('rmi', reference);
    await daemon.docker('pull', `${HOST}/${alias}/made/by-docker@${digest}`);
    expect(await daemon.docker('inspect', '-f', '{{.Id}}', `${HOST}/${alias}/made/by-docker@${digest}`)).toBe(id);
  });

  test.skipIf(absent)(title('pushes a second tag of an image without sending its layers again'), async () => {
    const { email, alias, secret } = await createPublisher();
    const reference = `${HOST}/${alias}/twice:v1`;
    await importImage(reference);
    await daemon.docker('login', '-u', email, '-p', secret, HOST);
    await daemon.docker('push', reference);
    await daemon.docker('tag', reference, `${HOST}/${alias}/twice:v2`);
    expect(await daemon.docker('push', `${HOST}/${alias}/twice:v2`)).toMatch(/Layer already exists/);
    await daemon.docker('tag', reference, `${HOST}/${alias}/elsewhere:v1`);
    expect(await daemon.docker('push', `${HOST}/${alias}/elsewhere:v1`)).toMatch(/Mounted from|Layer already exists/);
    await daemon.docker('logout', HOST);
  });

  test.skipIf(absent)(title('rejects a wrong password at login'), async () => {
    await expect(daemon.docker('login', '-u', 'someone', '-p', 'wrong', HOST)).rejects.toThrow(/unauthorized/i);
  });

  test.skipIf(absent)(
    title('pulls a demo image anonymously by every alias, by tag and by digest, and runs it'),
    async () => {
      const custom = `${HOST}/lanternworks/hello`;
      await daemon.docker('pull', `${custom}:1.0.0`);
      const id = await daemon.docker('inspect', '-f', '{{.Id}}', `${custom}:1.0.0`);
      const digest =
        (await daemon.docker('inspect', '-f', '{{index .RepoDigests 0}}', `${custom}:1.0.0`)).split('@')[1] ?? '';
      const aliases = JSON.parse(await vitrine('registry', 'show', '--alias', 'lanternworks', '--json')) as {
        aliases: { name: string }[];
      };
      expect(aliases.aliases.length).toBe(2);
      for (const { name } of aliases.aliases) {
        for (const reference of [`${HOST}/${name}/hello:latest`, `${HOST}/${name}/hello@${digest}`]) {
          await daemon.docker('pull', reference);
          expect(await daemon.docker('inspect', '-f', '{{.Id}}', reference)).toBe(id);
        }
      }
      const output = await daemon.docker('run', '--rm', '--network', 'none', `${custom}:1.0.0`);
      expect(output).toMatch(/^Lantern hello 1\.0\.0 on linux\/(amd64|arm64): a demo image/);
    },
  );
});
