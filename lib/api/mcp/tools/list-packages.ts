import { z } from 'zod';
import { shortenText } from '#lib/platform/shorten-text.ts';
import { AppError } from '#lib/platform/errors.ts';
import { defineTool } from '../define-tool.ts';
import { referenceInput, resolveReference } from './resolve-reference.ts';
import { apiPath, pageInput, repositoryInput } from './tool-schemas.ts';

const MAX_WORDS_LENGTH = 200;

const attachmentSchema = z.object({
  kind: z.string(),
  digest: z.string(),
  subject: z.string(),
  document: z.number().nullable(),
});
const packageSchema = z.object({ name: z.string(), version: z.string(), licence: z.string(), type: z.string() });
const sbomSchema = z.object({
  format: z.string(),
  createdAt: z.string(),
  packageCount: z.number(),
  total: z.number(),
  packages: z.array(packageSchema),
});

export const packagesTool = defineTool({
  name: 'list_packages',
  title: 'List packages of an image',
  description:
    "List the packages in an image with versions and licences, from the SBOM attached to it. The SBOM's signature isn't verified.",
  input: z.object({
    repository: repositoryInput,
    reference: referenceInput,
    query: z.string().max(100).default('').describe('Words that packages must have, such as openssl'),
    page: pageInput,
    limit: z.number().int().min(1).max(100).default(50),
  }),
  output: sbomSchema.extend({
    repository: z.string(),
    imageDigest: z.string().describe('The image that the SBOM describes: of an index, one of its platforms'),
    sbomDigest: z.string(),
    sbomCount: z.number().describe('SBOMs attached to the image and its platforms. This reads the first'),
    packageCount: z.number().describe('Packages in the SBOM'),
    total: z.number().describe('Packages that match the query'),
  }),
  run: async ({ ask }, { repository, reference, query: q, page, limit }) => {
    const { found, digest } = await resolveReference(ask, repository, reference);
    const attachmentsPath = apiPath(found.fullName, 'manifests', digest, 'attachments');
    const { attachments } = await ask(attachmentsPath, {}, z.object({ attachments: z.array(attachmentSchema) }));
    const sboms = attachments.filter(({ kind }) => kind === 'sbom');
    const [first] = sboms;
    if (!first) throw new AppError('not_found', `No SBOM is attached to ${found.fullName} ${reference ?? digest}.`);
    const path = apiPath(found.fullName, 'manifests', first.digest, 'documents', String(first.document ?? 1));
    const { sbom } = await ask(path, { q, page, limit }, z.object({ sbom: sbomSchema.nullable() }));
    if (!sbom) throw new AppError('unsupported', "The attached SBOM has a format that can't be read here.");
    const packages = sbom.packages.map(({ name, version, licence, type }) => ({
      name: shortenText(name, MAX_WORDS_LENGTH),
      version: shortenText(version, MAX_WORDS_LENGTH),
      licence: shortenText(licence, MAX_WORDS_LENGTH),
      type: shortenText(type, MAX_WORDS_LENGTH),
    }));
    const where = { repository: found.fullName, imageDigest: first.subject, sbomDigest: first.digest };
    return { ...sbom, ...where, packages, sbomCount: sboms.length };
  },
});
