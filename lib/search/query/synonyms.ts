// Synonyms in names and queries. A literal match always ranks above its synonyms.
const GROUPS = [
  ['kubernetes', 'k8s', 'kube'],
  ['postgresql', 'postgres', 'pg', 'psql'],
  ['mongodb', 'mongo'],
  ['rabbitmq', 'rabbit'],
  ['elasticsearch', 'elastic'],
  ['javascript', 'js'],
  ['nodejs', 'node'],
  ['typescript', 'ts'],
  ['python', 'py'],
  ['golang', 'go'],
  ['dotnet', 'aspnet', 'csharp'],
  ['memcached', 'memcache'],
  ['database', 'db'],
  ['certificate', 'cert', 'tls', 'ssl'],
  ['authentication', 'auth'],
  ['config', 'configuration'],
  ['repository', 'repo'],
  ['monitoring', 'observability'],
  ['loadbalancer', 'lb'],
  ['docs', 'documentation'],
  ['amd64', 'x86'],
  ['arm64', 'aarch64'],
] as const;

const SYNONYMS: ReadonlyMap<string, string[]> = new Map(
  GROUPS.flatMap((group) => group.map((word) => [word, group.filter((other) => other !== word)] as const)),
);

export function synonymsOf(word: string): string[] {
  return SYNONYMS.get(word) ?? [];
}

/** In Meilisearch's format: each word with its synonyms. */
export function allSynonyms(): Record<string, string[]> {
  return Object.fromEntries(SYNONYMS);
}
