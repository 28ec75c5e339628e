// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests (the grammar of <name>)

/** A repository's full name, `ALIAS/NAME`. */
export const MAX_FULL_NAME_LENGTH = 255;

// Separators and letters never match the same character, so this doesn't backtrack.
const COMPONENT = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);

/** Whether the text is a valid `<name>`. */
export function isName(text: string): boolean {
  return text.length <= MAX_FULL_NAME_LENGTH && NAME.test(text);
}

/** Splits `alias/some/name` at the first slash. Returns null for a single component or an invalid name. */
export function splitFullName(fullName: string): { alias: string; name: string } | null {
  const slash = fullName.indexOf('/');
  if (slash < 0 || !isName(fullName)) return null;
  return { alias: fullName.slice(0, slash), name: fullName.slice(slash + 1) };
}
