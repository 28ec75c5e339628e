// Packs layers like a builder does: with folders, times and modes. Output is deterministic.
import { createCipheriv, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { blobOf, type Blob } from '#lib/testing/images/build-image.ts';

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const compress = promisify(gzip);

export type LayerFile = { path: string; content: Buffer | string; mode?: number } | { path: string; linkTo: string };
export type PackedLayer = { blob: Blob; diffId: string };

/** @param created an ISO date, which every entry gets as its time */
export async function packLayer(files: LayerFile[], created: string): Promise<PackedLayer> {
  const archive = pack();
  const mtime = new Date(created);
  for (const name of foldersOf(files)) archive.entry({ name: `${name}/`, type: 'directory', mode: 0o755, mtime });
  for (const file of files) {
    if ('linkTo' in file) archive.entry({ name: file.path, type: 'symlink', linkname: file.linkTo, mtime });
    else archive.entry({ name: file.path, mode: file.mode ?? 0o644, mtime }, file.content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const tar = Buffer.concat(chunks);
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  return { blob: blobOf(OCI_LAYER, await compress(tar, { level: 5 })), diffId };
}

function foldersOf(files: LayerFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, i) => folders.add(parts.slice(0, i + 1).join('/')));
  }
  return [...folders].sort();
}

/** Bytes that stand for compiled code: deterministic, and as incompressible as the real thing. */
export function machineCode(name: string, kilobytes: number): Buffer {
  const key = createHash('sha256').update(name).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return cipher.update(Buffer.alloc(kilobytes * 1024));
}
