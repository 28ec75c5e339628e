import { buildImage, buildIndex, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { buildHelloBinary } from '#lib/testing/images/hello-binary.ts';
import { PLATFORMS } from './image-recipe.ts';

/** An image of a few hundred bytes that prints one line. */
export async function buildHello(title: string, version: string, created: string): Promise<BuiltManifest> {
  const labels = { 'org.opencontainers.image.title': title, 'org.opencontainers.image.version': version };
  const images = (['amd64', 'arm64'] as const).map(async (architecture) => {
    const line = `${title} ${version} on linux/${architecture}: a demo image from a Vitrine gallery.`;
    const image = await buildImage({
      platform: PLATFORMS[architecture],
      created,
      layers: [
        [{ path: 'hello', content: buildHelloBinary(architecture, line), mode: 0o755 }],
        [{ path: 'etc/demo-release', content: `NAME="${title}"\nVERSION="${version}"\nDEMO=yes\n` }],
      ],
      config: { Entrypoint: ['/hello'], Labels: labels },
      annotations: labels,
    });
    return { platform: PLATFORMS[architecture], image };
  });
  return buildIndex(await Promise.all(images));
}
