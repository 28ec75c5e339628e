// What is attached to an image: SBOMs, provenance, signatures and other artifacts.
import { z } from 'zod';
import type { Caller } from '#lib/access/schema.ts';
import type { AttachedDocument } from '#lib/distribution/attached/attached-document.ts';
import { pageOfPackages } from '#lib/distribution/attached/package-table.ts';
import { readAttached } from '#lib/distribution/attached/read-attached.ts';
import { findEvidence } from '#lib/distribution/pull/find-evidence.ts';
import { describeManifest, type ManifestDescription } from '#lib/gallery/describe-manifest.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { numberedPageSchema, toOffset } from '../paging.ts';
import { manifestParams, openRepository, parseDigestParam, viewerOf } from './open-repository.ts';

const tag = 'gallery';
const text = z.string().describe('Empty if not stated');

const attachmentSchema = z.object({
  kind: z.enum(['signature', 'sbom', 'provenance', 'attestation', 'other']),
  digest: z.string().describe('Of the attached manifest'),
  type: z.string().describe('Predicate type if known, else the media type'),
  subject: z.string().describe('Digest that it is attached to: the image, or one of its platforms'),
  foundBy: z.enum(['referrer', 'tag', 'index']),
  document: z.number().nullable().describe('Position in the attached manifest, if it holds several'),
});

const certificateSchema = z.object({
  identities: z.array(z.string()),
  oidcIssuer: text,
  issuer: text,
  validFrom: z.string(),
  validTo: z.string(),
  sha256: z.string(),
});

const linkSchema = z.object({ text: z.string(), href: z.string().nullable() }).nullable();

const documentSchema = z.object({
  kind: z.enum(['sbom', 'provenance', 'signature', 'json', 'text', 'binary']).describe('By its content'),
  sizeBytes: z.number(),
  statement: z
    .object({
      predicateType: z.string(),
      subjects: z.array(z.object({ name: z.string(), digest: z.string() })).describe('At most 50'),
      subjectCount: z.number(),
    })
    .nullable()
    .describe('The in-toto statement around it'),
  signature: z
    .object({
      format: z.string(),
      keyIds: z.array(z.string()),
      certificate: certificateSchema.nullable(),
      algorithm: text,
      signedAt: text,
      logIndex: text,
      signedDigest: text,
    })
    .nullable()
    .describe("What the signature around it claims. It isn't verified"),
  sbom: z
    .object({
      format: z.enum(['SPDX', 'CycloneDX']),
      version: text,
      name: text,
      createdAt: text,
      tools: z.array(z.string()),
      packageCount: z.number(),
      total: z.number().describe('Packages that match q. At most 20,000 packages are searched'),
      packages: z.array(
        z.object({ name: z.string(), version: text, licence: text, type: text, purl: text }).describe('By name'),
      ),
    })
    .nullable(),
  provenance: z
    .object({
      format: z.string(),
      source: linkSchema,
      commit: linkSchema,
      builder: text,
      buildType: text,
      invocation: text,
      startedAt: text,
      finishedAt: text,
      parameters: z.array(z.object({ name: z.string(), value: z.string() })),
      materials: z.array(z.object({ uri: z.string(), digest: z.string() })).describe('At most 500'),
      materialCount: z.number(),
    })
    .nullable(),
});

export const ATTACHMENT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/manifests/{digest}/attachments',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: "List what is attached to an image and its platforms. It isn't verified",
    params: manifestParams,
    output: z.object({ attachments: z.array(attachmentSchema) }),
    handle: async (app, { caller, params }) => {
      const { found, digest, manifest } = await openManifest(app, caller, params);
      return { attachments: await findEvidence(app, { repositoryId: found.id, digest, manifest }) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{repository}/manifests/{digest}/documents/{number}',
    tag,
    access: 'anyone',
    isCacheable: true,
    reach: { to: 'repository', actions: ['pull'] },
    summary: "Read a document of an attached manifest: an SBOM's packages, provenance or a signature",
    params: manifestParams.extend({
      number: z.coerce.number().int().min(1).max(250).describe('Position in the manifest'),
    }),
    query: numberedPageSchema.extend({ q: z.string().max(100).default('').describe('Words that packages must have') }),
    output: documentSchema,
    handle: async (app, { caller, params, query, address }) => {
      const { found, digest, manifest } = await openManifest(app, caller, params);
      const layer = manifest.layers[params.number - 1];
      if (!layer) throw new AppError('not_found', `The manifest has no document ${params.number}.`);
      const input = { repository: found, manifest: digest, layer, viewer: viewerOf(caller, address) };
      const { document, problem } = await readAttached(app, input);
      if (!document) throw new AppError('unavailable', problem);
      return describeDocument(document, { query: query.q, offset: toOffset(query), limit: query.limit });
    },
  }),
];

type Params = z.output<typeof manifestParams>;
type OpenManifest = { found: VisibleRepository; digest: Digest; manifest: ManifestDescription };

async function openManifest(
  app: RestApp,
  caller: Caller,
  { repository, digest: asked }: Params,
): Promise<OpenManifest> {
  const found = await openRepository(app, caller, repository);
  const digest = parseDigestParam(asked);
  const manifest = await describeManifest(app, { repositoryId: found.id, digest });
  if (!manifest) throw new AppError('manifest_not_found', `${found.fullName} has no manifest ${digest}.`);
  return { found, digest, manifest };
}

function describeDocument(
  { sizeBytes, statement, signature, content }: AttachedDocument,
  page: { query: string; offset: number; limit: number },
): z.input<typeof documentSchema> {
  return {
    kind: content.kind,
    sizeBytes,
    statement,
    signature,
    sbom: content.kind === 'sbom' ? { ...content.sbom, ...pageOfPackages(content.sbom.packages, page) } : null,
    provenance:
      content.kind === 'provenance'
        ? {
            ...content.provenance,
            parameters: content.provenance.parameters.map(([name, value]) => ({ name, value })),
          }
        : null,
  };
}
