import { z } from 'zod';
import { shortenText } from '#lib/platform/shorten-text.ts';
import { defineTool } from '../define-tool.ts';
import { apiPath, apiRepositorySchema, repositoryInput, toolTagSchema, toToolTag } from './tool-schemas.ts';

/** An assistant reads every character, so the rest stays on the page. */
const MAX_TEXT_LENGTH = 6_000;

export const repositoryTool = defineTool({
  name: 'get_repository',
  title: 'Get a repository',
  description:
    "Get a repository's description, publisher, README, pulls, stars, platforms, current tag and the command that pulls it.",
  input: z.object({ repository: repositoryInput }),
  output: apiRepositorySchema.omit({ publisherName: true, verification: true, shownTag: true }).extend({
    publisher: z.object({
      displayName: z.string().describe('Empty when only the alias is shown'),
      isVerified: z.boolean(),
      verifiedBy: z.string().nullable().describe('Such as a domain'),
    }),
    aboutText: z.string().describe(`Markdown by the publisher, cut to ${MAX_TEXT_LENGTH} characters`),
    usageText: z.string().describe(`Markdown by the publisher, cut to ${MAX_TEXT_LENGTH} characters`),
    currentTag: toolTagSchema.nullable().describe('The tag that the page shows'),
    pullCommand: z.string().nullable(),
    url: z.string(),
  }),
  run: async ({ ask, links }, { repository }) => {
    const found = await ask(apiPath(repository), {}, apiRepositorySchema);
    const { publisherName: displayName, verification, shownTag, ...rest } = found;
    return {
      ...rest,
      publisher: { displayName, isVerified: verification !== null, verifiedBy: verification?.note ?? null },
      aboutText: shortenText(found.aboutText, MAX_TEXT_LENGTH),
      usageText: shortenText(found.usageText, MAX_TEXT_LENGTH),
      currentTag: shownTag && toToolTag(shownTag),
      pullCommand: shownTag && links.pullCommand(found.kind, found.fullName, shownTag.name),
      url: links.repository(found.fullName),
    };
  },
});
