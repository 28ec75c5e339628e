// Principals as policies name them.

export type NamedPrincipal =
  | { kind: 'anyone' }
  | { kind: 'registry'; registryId: string }
  /** `name` is that of a user, role or session. */
  | { kind: 'user' | 'role' | 'session'; registryId: string; name: string };

const ACCOUNT = /^\d{12}$/;
const ROOT = /^arn:aws(?:-[a-z]+)*:iam::(\d{12}):root$/;
const NAMED = /^arn:aws(?:-[a-z]+)*:iam::(\d{12}):(user|role)\/([\w+=,.@/-]+)$/;
const SESSION = /^arn:aws(?:-[a-z]+)*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+\/[\w+=,.@-]+)$/;

/** Null if no principal is named like this. */
export function parsePrincipal(text: string): NamedPrincipal | null {
  if (text === '*') return { kind: 'anyone' };
  const [, rootId] = ROOT.exec(text) ?? [];
  const registryId = ACCOUNT.test(text) ? text : rootId;
  if (registryId !== undefined) return { kind: 'registry', registryId };
  const [, ownerId, kind, name] = NAMED.exec(text) ?? [];
  if (ownerId !== undefined && name !== undefined) {
    return { kind: kind === 'role' ? 'role' : 'user', registryId: ownerId, name };
  }
  const [, sessionOwner, session] = SESSION.exec(text) ?? [];
  if (sessionOwner === undefined || session === undefined) return null;
  return { kind: 'session', registryId: sessionOwner, name: session };
}

/** Spells a principal as AWS shows it, which turns the digits of an account into the ARN of its root. */
export function formatPrincipal(text: string): string {
  return ACCOUNT.test(text) ? `arn:aws:iam::${text}:root` : text;
}
