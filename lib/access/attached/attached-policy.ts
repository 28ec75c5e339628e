// Policies as repositories and registries have them: compiled from their text, and cached by it.
import { LRUCache } from 'lru-cache';
import { compilePolicy, type CompiledPolicy, type CompiledStatement } from '../compile-policy.ts';
import { parsePolicy, type PolicyDocument } from '../policy-document.ts';

/** Compiled policies take several times their text. */
const MAX_CACHED_CHARACTERS = 8 * 1024 * 1024;

/** The name of policies in decisions. */
export const REPOSITORY_POLICY = 'repository policy';

export type AttachedPolicy = {
  whole: CompiledPolicy;
  /** Returns the statements about one action, in order. */
  about: (action: string) => CompiledPolicy;
};

export type PolicyCache = { compile: (text: string) => AttachedPolicy };

export function createPolicyCache(): PolicyCache {
  const policies = new LRUCache<string, AttachedPolicy>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_policy, text) => text.length + 1,
  });
  return {
    compile: (text) => {
      const known = policies.get(text);
      if (known) return known;
      const policy = attachPolicy(readPolicy(text));
      policies.set(text, policy);
      return policy;
    },
  };
}

/** Compiles the policy in a row. Without a cache, as for a transaction, it is compiled each time. */
export function findAttached(
  { policies }: { policies?: PolicyCache | undefined },
  text: string | null,
): AttachedPolicy | null {
  if (text === null) return null;
  return policies ? policies.compile(text) : attachPolicy(readPolicy(text));
}

export function attachPolicy(document: PolicyDocument): AttachedPolicy {
  const whole = compilePolicy(REPOSITORY_POLICY, document);
  const { name, statements } = whole;
  const byAction = new Map<string, CompiledPolicy>();
  // Warm pulls evaluate every statement, so the action is matched once.
  const select = (action: string): CompiledStatement[] =>
    statements
      .filter(({ coversAction }) => coversAction(action))
      .map((statement) => ({ ...statement, matches: statement.appliesTo }));
  return {
    whole,
    about: (action) => {
      const known = byAction.get(action);
      if (known) return known;
      const policy = { name, statements: select(action) };
      byAction.set(action, policy);
      return policy;
    },
  };
}

/** Policies are checked before they are stored. If a stored one can't be read, it must not open anything. */
function readPolicy(text: string): PolicyDocument {
  try {
    return parsePolicy(JSON.parse(text), 'resource');
  } catch {
    return UNREADABLE;
  }
}

const UNREADABLE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Unreadable',
      Effect: 'Deny',
      Principal: { AWS: ['*'] },
      NotAction: ['*:*RepositoryPolicy', '*:*RegistryPolicy'],
    },
  ],
};
