// Policies as repositories and registries have them: compiled from their text, and cached by it.
import { LRUCache } from 'lru-cache';
import { compilePolicy, type CompiledPolicy, type CompiledStatement } from '../compile-policy.ts';
import { parsePolicy, type PolicyDocument, type PolicyKind } from '../policy-document.ts';
import { CacheCount } from '#lib/platform/metrics/cache-count.ts';
import { AWS_POLICIES } from './aws-policies.ts';
import { IDENTITY_POLICY, parsePolicyLabel } from './policy-labels.ts';
import { V1_ACTIONS, type RegistryPolicyScope } from './schema.ts';

/** Compiled policies take several times their text. */
const MAX_CACHED_CHARACTERS = 8 * 1024 * 1024;

/** The names of policies in decisions. Those of identity policies follow theirs. */
export const REPOSITORY_POLICY = 'repository policy';
export const REGISTRY_POLICY = 'registry policy';

/** Whether a policy was written by somebody, unlike what roles allow. */
export function isWrittenPolicy(name: string): boolean {
  return isResourcePolicy(name) || name.startsWith(`${IDENTITY_POLICY} `);
}

/** Whether a policy is attached to a repository or its registry. */
export function isResourcePolicy(name: string): boolean {
  return name === REPOSITORY_POLICY || name === REGISTRY_POLICY;
}

export type AttachedPolicy = {
  whole: CompiledPolicy;
  /** Returns the statements about one action, in order. */
  about: (action: string) => CompiledPolicy;
};

/** The policies of a member, robot or role in a registry. */
export type IdentityPolicies = readonly AttachedPolicy[];

export type PolicyCache = {
  compile: (text: string) => AttachedPolicy;
  /** @param text as joinPolicies returns it */
  compileIdentity: (text: string) => IdentityPolicies;
  compileRegistry: Record<RegistryPolicyScope, (text: string) => AttachedPolicy>;
  counts: CacheCount;
};

export type RegistryPolicyRow = { policy: string | null; policyScope: RegistryPolicyScope };

export type StoredPolicy = { name: string; policy: string };

/** `name` is a label of policy-labels.ts. Policies of AWS have their text in the code. */
export type DerivedPolicy = { name: string; policy?: string };

const LINE_BREAK = '\n';

/** Joins what a member's row has, each JSON of an array of policies. Like policiesOf in find-membership.sql.ts. */
export function joinPolicies(policies: string | null, attachedPolicies: string | null): string | null {
  return [policies, attachedPolicies].filter((text) => text !== null).join(LINE_BREAK) || null;
}

export function createPolicyCache(): PolicyCache {
  const counts = new CacheCount();
  const remembered = <Compiled extends object>(compile: (text: string) => Compiled) => remember(compile, counts);
  return {
    compile: remembered(compileRepositoryPolicy),
    compileIdentity: remembered(compileIdentityPolicies),
    compileRegistry: { V1: remembered(compileRegistryPolicy('V1')), V2: remembered(compileRegistryPolicy('V2')) },
    counts,
  };
}

function remember<Compiled extends object>(
  compile: (text: string) => Compiled,
  counts: CacheCount,
): (text: string) => Compiled {
  const policies = new LRUCache<string, Compiled>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_policy, text) => text.length + 1,
  });
  return (text) => {
    const known = counts.note(policies.get(text));
    if (known) return known;
    const compiled = compile(text);
    policies.set(text, compiled);
    return compiled;
  };
}

/** Compiles the policy in a row. Without a cache, as for a transaction, it is compiled each time. */
export function findAttached(
  { policies }: { policies?: PolicyCache | undefined },
  text: string | null,
): AttachedPolicy | null {
  if (text === null) return null;
  return policies ? policies.compile(text) : compileRepositoryPolicy(text);
}

/** Compiles the policy in a registry's row. */
export function findRegistryPolicy(
  { policies }: { policies?: PolicyCache | undefined },
  { policy, policyScope }: RegistryPolicyRow,
): AttachedPolicy | null {
  if (policy === null) return null;
  return (policies?.compileRegistry[policyScope] ?? compileRegistryPolicy(policyScope))(policy);
}

/** Compiles the policies in a member's row. @param text as joinPolicies returns it */
export function findIdentityPolicies(
  { policies }: { policies?: PolicyCache | undefined },
  text: string | null,
): IdentityPolicies {
  if (text === null) return [];
  return policies ? policies.compileIdentity(text) : compileIdentityPolicies(text);
}

/** @param text JSON that was checked before it was stored */
export function readStoredPolicies(text: string | null): StoredPolicy[] {
  return text === null ? [] : (JSON.parse(text) as StoredPolicy[]);
}

function compileRepositoryPolicy(text: string): AttachedPolicy {
  return attachPolicy(readPolicy(text, 'resource'));
}

function compileRegistryPolicy(scope: RegistryPolicyScope): (text: string) => AttachedPolicy {
  return (text) => attachRegistryPolicy(readPolicy(text, 'resource'), scope);
}

export function attachRegistryPolicy(document: PolicyDocument, scope: RegistryPolicyScope): AttachedPolicy {
  const attached = attachPolicy(document, REGISTRY_POLICY);
  if (scope === 'V2') return attached;
  const nothing = { name: REGISTRY_POLICY, statements: [] };
  return { whole: nothing, about: (action) => (V1_ACTIONS.includes(action) ? attached.about(action) : nothing) };
}

function compileIdentityPolicies(text: string): IdentityPolicies {
  const policies = text.split(LINE_BREAK).flatMap((line) => JSON.parse(line) as DerivedPolicy[]);
  return policies.flatMap(({ name: label, policy }) => {
    const name = `${IDENTITY_POLICY} ${label}`;
    // A policy of AWS that only a later version knows allows nothing.
    const known = policy ?? AWS_POLICIES.get(parsePolicyLabel(name)?.name ?? '')?.policy;
    return known === undefined ? [] : [attachPolicy(readPolicy(known, 'identity'), name)];
  });
}

export function attachPolicy(document: PolicyDocument, policyName = REPOSITORY_POLICY): AttachedPolicy {
  const whole = compilePolicy(policyName, document);
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
function readPolicy(text: string, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(JSON.parse(text), kind);
  } catch {
    return UNREADABLE[kind];
  }
}

const UNREADABLE_RESOURCE: PolicyDocument = {
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

const UNREADABLE_IDENTITY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Unreadable', Effect: 'Deny', Action: ['*'], Resource: ['*'] }],
};

const UNREADABLE = { resource: UNREADABLE_RESOURCE, identity: UNREADABLE_IDENTITY };
