import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOST, createPublisher, withFolder } from '../fixtures.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { run, runLogged } from '../run-program.ts';
import { findGoTool } from './go-tools.ts';
import { buildSampleImage } from './sample-image.ts';

const { path, absent: cosignAbsent } = await findGoTool('cosign');
const oras = await findGoTool('oras');
const absent = cosignAbsent ?? oras.absent;
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

/** cosign with its own key pair and home, signed in. Without a transparency log, it contacts only this site. */
async function cosignIn(folder: string, secret: string) {
  const env = { HOME: folder, DOCKER_CONFIG: folder, COSIGN_PASSWORD: 'x', TUF_ROOT: join(folder, 'tuf') };
  const cosign = (...args: string[]) => run(path ?? '', args, env);
  await cosign('generate-key-pair', '--output-key-prefix', join(folder, 'key'));
  await cosign('login', HOST, '-u', 'token', '-p', secret);
  // A signing configuration without services keeps cosign off the network.
  const signing = join(folder, 'signing.json');
  writeFileSync(signing, JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json' }));
  const sign = ['--key', join(folder, 'key.key'), '--signing-config', signing, '--allow-http-registry', '-y'];
  const check = ['--key', join(folder, 'key.pub'), '--insecure-ignore-tlog', '--allow-http-registry'];
  const log = async (...args: string[]) => {
    const { output, log } = await runLogged(path ?? '', args, env);
    return `${output}\n${log}`;
  };
  return { cosign, log, sign, check };
}

describe('cosign', () => {
  test.skipIf(absent)(title('signs an image and attests to it, and finds both again, even in a copy'), async () => {
    const { alias, secret } = await createPublisher('push', 'delete');
    const image = await buildSampleImage();
    const repository = `${alias}/cosign/signed`;
    await createDistributionClient(`http://${HOST}`, secret).push(repository, image, ['v1']);
    const reference = `${HOST}/${repository}@${image.digest}`;
    await withFolder(async (folder) => {
      const { cosign, log, sign, check } = await cosignIn(folder, secret);
      await expect(cosign('verify', ...check, reference)).rejects.toThrow(/no signatures found/);
      await cosign('sign', ...sign, reference);
      writeFileSync(join(folder, 'predicate.json'), '{"made":"by a test"}');
      await cosign('attest', ...sign, '--predicate', join(folder, 'predicate.json'), reference);
      expect(await log('verify', ...check, reference)).toContain(image.digest);
      expect(await log('verify-attestation', ...check, reference)).toMatch(/payload|predicate/);
      expect(await log('tree', '--allow-http-registry', reference)).toMatch(/sigstore/i);
      // As referrers, which need no tags.
      const tags = await fetch(`http://${HOST}/v2/${repository}/tags/list`);
      expect(await tags.json()).toMatchObject({ tags: ['v1'] });
      const referrers = await fetch(`http://${HOST}/v2/${repository}/referrers/${image.digest}`);
      expect(((await referrers.json()) as { manifests: unknown[] }).manifests).toHaveLength(2);
      const copied = `${HOST}/${alias}/cosign/copied:v1`;
      // cosign documents this way of copying signed images.
      const config = join(folder, 'config.json');
      const ends = ['from', 'to'].flatMap((end) => [`--${end}-plain-http`, `--${end}-registry-config`, config]);
      await run(oras.path ?? '', ['cp', '-r', ...ends, `${HOST}/${repository}:v1`, copied]);
      expect(await log('verify', ...check, copied)).toContain(image.digest);
    });
  });
});
