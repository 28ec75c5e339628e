// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests (the grammar of <name>)

/** A repository's full name, `ALIAS/NAME`. */
export const MAX_FULL_NAME_LENGTH = 255;

// Separators and letters never match the same character, so this can't backtrack.
const COMPONENT = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);

/** True for a name in the spec's grammar: one or more components. */
export function isName(text: string): boolean {
  return text.length <= MAX_FULL_NAME_LENGTH && NAME.test(text);
}

/** `alias/some/name` → its two parts; null where there is only one, or where it isn't a name. */
export function splitFullName(fullName: string): { alias: string; name: string } | null {
  const slash = fullName.indexOf('/');
  if (slash < 0 || !isName(fullName)) return null;
  return { alias: fullName.slice(0, slash), name: fullName.slice(slash + 1) };
}
