import { repositoryLink } from '#components/links.ts';
import { clientsOf, pullCommand } from '#components/pulls/pull-commands.ts';
import { handleMcpRequest } from '#lib/api/mcp/handle-mcp-request.ts';
import type { McpLinks } from '#lib/api/mcp/define-tool.ts';
import { getApp } from '#lib/app.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { parseReference } from '#lib/oci/reference.ts';
import { getPullAddress, getVisitedOrigin } from '../../_lib/repository/pull-address.ts';

async function handle(request: Request): Promise<Response> {
  const [{ host, isPlainHttp }, origin] = await Promise.all([getPullAddress(), getVisitedOrigin()]);
  const links: McpLinks = {
    repository: (fullName, reference) => {
      const item = reference === undefined ? undefined : toItem(reference);
      return origin + repositoryLink({ ...(splitFullName(fullName) ?? { alias: fullName, name: '' }), item });
    },
    pullCommand: (kind, fullName, reference) => {
      const target = { address: `${host}/${fullName}`, reference: toItem(reference), isPlainHttp };
      return pullCommand(clientsOf(kind)[0] ?? 'docker', target);
    },
  };
  return handleMcpRequest(getApp(), request, links);
}

function toItem(reference: string): { tag: string } | { digest: string } {
  return parseReference(reference)?.kind === 'digest' ? { digest: reference } : { tag: reference };
}

export { handle as GET, handle as POST, handle as DELETE };
