const ROWS = [
  ['Pull', 'Pull private images', 'Read private repositories, tags and insights'],
  ['Push', 'Push, and pull', 'Set logos and featured tags, set up mirrors, restore deleted content'],
  ['Delete', 'Delete tags, manifests and blobs', 'Delete repositories and mirrors, set untagged retention'],
] as const;

/** What each token scope allows. lib/api/rest/reach.ts enforces it. */
export function ScopeTable() {
  return (
    <details className="rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer font-medium">What each scope allows</summary>
      <div className="mt-2 flex flex-col gap-2 text-sm">
        <table className="w-full text-left">
          <thead>
            <tr className="text-muted">
              <th className="py-1 pr-3 font-normal" scope="col">
                Scope
              </th>
              <th className="py-1 pr-3 font-normal" scope="col">
                Docker and other clients
              </th>
              <th className="py-1 font-normal" scope="col">
                REST API
              </th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([scope, clients, api]) => (
              <tr className="border-t border-line align-top" key={scope}>
                <th className="py-1 pr-3 font-medium" scope="row">
                  {scope}
                </th>
                <td className="py-1 pr-3">{clients}</td>
                <td className="py-1">{api}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          The REST API needs its own access level as well: read to look, read and write to change. With that alone, a
          token reaches your account and the registries you manage, with their members, aliases and settings, but no
          repository.
        </p>
        <p>
          A token with repository scopes is confined to those repositories. It reaches a registry’s members, aliases and
          settings only if it covers all of ALIAS/*, and the pages of reviewers and admins only if it covers *.
        </p>
      </div>
    </details>
  );
}
