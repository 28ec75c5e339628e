import { readPolicy } from '../policy-document.ts';

/** Lists whom a trust policy lets assume the role, in the words of the policy. Empty for one that can't be read. */
export function listTrusted(trustPolicy: string): string[] {
  const document = parse(trustPolicy);
  if (document === null || 'message' in document) return [];
  const names = document.Statement.flatMap(({ Effect, Principal }) => {
    if (Effect === 'Deny') return [];
    const { AWS = [], Federated = [] } = Principal ?? {};
    return [...AWS, ...Federated.map((name) => name.replace(/^arn:aws:iam::\d{12}:oidc-provider\//, ''))];
  });
  return [...new Set(names)];
}

function parse(text: string) {
  try {
    return readPolicy(JSON.parse(text), 'resource');
  } catch {
    return null;
  }
}
