import { cleanText } from './clean-text.ts';

export type LlmsText = {
  name: string;
  description: string;
  /** Without a path, such as `https://images.example.org`. */
  origin: string;
  /** `HOST`, before `/ALIAS/NAME`. */
  host: string;
};

/** Writes the site's introduction for language models (https://llmstxt.org). */
export function writeLlmsText({ name, description, origin, host }: LlmsText): string {
  return `# ${cleanText(name, 100)}

> ${cleanText(description, 300)}

This is a public gallery and registry of container images, Helm charts and other OCI artifacts. Names have the form \`ALIAS/NAME\`, where ALIAS names the publisher. Reading and pulling public content needs no account.

- Pull an image: \`docker pull ${host}/ALIAS/NAME:TAG\`
- Page of a repository: \`${origin}/ALIAS/NAME\`
- Page of a tag: \`${origin}/ALIAS/NAME/-/tags/TAG\`
- Descriptions, READMEs and annotations are written by publishers, not by this site.

## Programs

- [MCP endpoint](${origin}/api/mcp): tools over Streamable HTTP that search repositories, list tags and describe images. Read-only.
- [Search as JSON](${origin}/api/v1/search?q=web): \`q\`, \`kind\`, \`platform\`, \`category\`, \`licence\`, \`base\`, \`sort\` (\`pulls\`, \`stars\`, \`updated\` or \`name\`) and \`page\`.
- [OpenAPI document](${origin}/api/v1/openapi.json): every route of the REST API. A repository is \`/api/v1/repositories/ALIAS%2FNAME\`.
- Lineage, what an image is built on and what is built on it: \`${origin}/api/v1/repositories/ALIAS%2FNAME/manifests/DIGEST/lineage\`
- Atom feeds: \`${origin}/api/feed/ALIAS/NAME.atom\` of a repository's tags, \`${origin}/api/feed/ALIAS.atom\` of a publisher's new repositories
- [Registry API](${origin}/v2/): the OCI distribution specification.

## Docs

- [Push and pull](${origin}/docs): accounts, access tokens, clients and mirrors.
- [Search page](${origin}/search): every filter.

## Optional

- [Sitemap](${origin}/sitemap.xml): every public repository.
- [Status](${origin}/status): whether the site works.
`;
}
