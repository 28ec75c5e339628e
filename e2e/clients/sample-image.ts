import { randomUUID } from 'node:crypto';
import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { buildHelloBinary } from '#lib/testing/images/hello-binary.ts';

const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** Unique content, so that no blob exists before the push. */
export async function buildSampleIndex(): Promise<BuiltManifest> {
  const images = ARCHITECTURES.map(async (architecture) => {
    const platform = { os: 'linux', architecture };
    return { platform, image: await buildSampleImage(architecture) };
  });
  return buildIndex(await Promise.all(images));
}

export function buildSampleImage(architecture: 'amd64' | 'arm64' = 'amd64'): Promise<BuiltManifest> {
  return buildImage({
    platform: { os: 'linux', architecture },
    created: new Date().toISOString(),
    layers: [
      [{ path: 'hello', content: buildHelloBinary(architecture, 'hello from a test'), mode: 0o755 }],
      [{ path: 'id', content: randomUUID().repeat(2_000) }],
    ],
    config: { Entrypoint: ['/hello'] },
  });
}
