import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { descriptorOf, type BuiltManifest } from './build-image.ts';

/** Writes a manifest with its content as an OCI image layout, which skopeo and podman read as `oci:FOLDER:TAG`. */
export async function writeOciLayout(folder: string, manifest: BuiltManifest, tag: string): Promise<void> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  await writeContent(folder, manifest);
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const index = { schemaVersion: 2, manifests: [descriptorOf(manifest, { annotations })] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

async function writeContent(folder: string, manifest: BuiltManifest): Promise<void> {
  for (const { digest, bytes } of [manifest, ...manifest.blobs]) {
    await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  }
  for (const child of manifest.children) await writeContent(folder, child);
}
