// Builds real OCI content in memory: layers, image configs, manifests, indexes and charts. Output is deterministic.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export type Blob = { mediaType: string; digest: string; bytes: Buffer };
export type BuiltDescriptor = { mediaType: string; digest: string; size: number; [key: string]: unknown };
/** A manifest with all its blobs. An index has its manifests as `children`. */
export type BuiltManifest = Blob & { blobs: Blob[]; children: BuiltManifest[] };

export type TarFile = { path: string; content: Buffer | string; mode?: number };
export type Platform = { os: string; architecture: string; variant?: string };

const OCI = 'application/vnd.oci';
const IMAGE_MANIFEST = `${OCI}.image.manifest.v1+json`;
const IMAGE_INDEX = `${OCI}.image.index.v1+json`;
const IMAGE_CONFIG = `${OCI}.image.config.v1+json`;
const IMAGE_LAYER = `${OCI}.image.layer.v1.tar+gzip`;
const EMPTY_JSON = `${OCI}.empty.v1+json`;

export function blobOf(mediaType: string, content: Buffer | string): Blob {
  const bytes = Buffer.from(content);
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

export function descriptorOf({ mediaType, digest, bytes }: Blob, extra: Record<string, unknown> = {}): BuiltDescriptor {
  return { mediaType, digest, size: bytes.length, ...extra };
}

export async function buildTar(files: TarFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, mode } of files)
    archive.entry({ name: path, mode: mode ?? 0o644, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export type ImageInput = {
  platform: Platform;
  /** One layer per list of files. */
  layers: TarFile[][];
  created: string;
  config?: Record<string, unknown>;
  annotations?: Record<string, string>;
};

/** A runnable single-platform image. */
export async function buildImage(input: ImageInput): Promise<BuiltManifest> {
  const tars = await Promise.all(input.layers.map(buildTar));
  const layers = tars.map((tar) => blobOf(IMAGE_LAYER, gzipSync(tar, { level: 9 })));
  const config = blobOf(
    IMAGE_CONFIG,
    JSON.stringify({
      ...input.platform,
      created: input.created,
      config: input.config ?? {},
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => blobOf('', tar).digest) },
      history: input.layers.map((files) => ({
        created: input.created,
        created_by: `COPY ${files.map((f) => f.path).join(' ')} /`,
      })),
    }),
  );
  return buildManifest({ config, layers, annotations: input.annotations });
}

export type ManifestInput = {
  config: Blob;
  layers: Blob[];
  artifactType?: string | undefined;
  subject?: Blob | undefined;
  annotations?: Record<string, string> | undefined;
  /** Of each layer. */
  layerAnnotations?: Record<string, string>[];
};

export function buildManifest(input: ManifestInput): BuiltManifest {
  const { config, layers, artifactType, subject, annotations, layerAnnotations } = input;
  const annotated = (i: number) => (layerAnnotations?.[i] ? { annotations: layerAnnotations[i] } : {});
  const document = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    ...(artifactType && { artifactType }),
    config: descriptorOf(config),
    layers: layers.map((layer, i) => descriptorOf(layer, annotated(i))),
    ...(subject && { subject: descriptorOf(subject) }),
    ...(annotations && { annotations }),
  };
  return { ...blobOf(IMAGE_MANIFEST, JSON.stringify(document)), blobs: [config, ...layers], children: [] };
}

export function buildIndex(
  images: { platform: Platform; image: BuiltManifest }[],
  annotations?: Record<string, string>,
): BuiltManifest {
  const manifests = images.map(({ platform, image }) => descriptorOf(image, { platform }));
  const document = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests, ...(annotations && { annotations }) };
  return { ...blobOf(IMAGE_INDEX, JSON.stringify(document)), blobs: [], children: images.map(({ image }) => image) };
}

/** Any artifact other than an image: one file with its own media type, like `oras push`. */
export function buildArtifact(input: {
  artifactType: string;
  file: { name: string; mediaType: string; content: string };
  subject?: Blob;
}): BuiltManifest {
  const layer = blobOf(input.file.mediaType, input.file.content);
  return buildManifest({
    config: blobOf(EMPTY_JSON, '{}'),
    layers: [layer],
    artifactType: input.artifactType,
    subject: input.subject,
    annotations: { 'org.opencontainers.image.title': input.file.name },
  });
}

/** A Helm chart like `helm push`: the chart's metadata as config, the packed chart as the only layer. */
export async function buildChart(chart: {
  name: string;
  version: string;
  description: string;
  files: TarFile[];
}): Promise<BuiltManifest> {
  const { name, version, description } = chart;
  const metadata = { apiVersion: 'v2', name, version, description, type: 'application' };
  const chartYaml = Object.entries(metadata)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');
  const files = [{ path: 'Chart.yaml', content: `${chartYaml}\n` }, ...chart.files];
  const tar = await buildTar(files.map((file) => ({ ...file, path: `${name}/${file.path}` })));
  return buildManifest({
    config: blobOf('application/vnd.cncf.helm.config.v1+json', JSON.stringify(metadata)),
    layers: [blobOf('application/vnd.cncf.helm.chart.content.v1.tar+gzip', gzipSync(tar, { level: 9 }))],
    annotations: { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version },
  });
}
