import { expect, test } from 'vitest';
import { roleSnippets } from './role-snippets.ts';

const ARN = 'arn:aws:iam::123456789012:role/deploy';
const ROLE = { arn: ARN, name: 'deploy', registryId: '123456789012', acceptsTokenLogin: false };

test('snippets name the role and this site only', () => {
  const address = { endpoint: 'https://registry.example.org', host: 'registry.example.org', region: 'us-east-1' };
  const snippets = roleSnippets(ROLE, address);
  expect(snippets).toHaveLength(4);
  for (const { code } of snippets) {
    expect(code).toContain(ARN);
    expect([...code.matchAll(/https?:\/\/[\w.]+/g)].map(String).filter((url) => url !== address.endpoint)).toEqual([]);
  }
});

test('the body of the exchange is JSON once the shell has replaced the token', () => {
  const address = { endpoint: 'http://localhost:3000', host: 'localhost:3000', region: 'us-east-1' };
  const code = roleSnippets(ROLE, address).find((one) => one.code.startsWith('curl'))?.code;
  const body = /--json "((?:\\"|[^"])*)"/
    .exec(code ?? '')?.[1]
    ?.replaceAll('\\"', '"')
    .replace('$ID_TOKEN', 'a.b.c');
  expect(JSON.parse(body ?? '')).toEqual({ token: 'a.b.c', role: ARN });
});

test('only a role that accepts tokens as passwords has the login with one', () => {
  const address = { endpoint: 'http://localhost:3000', host: 'localhost:3000', region: 'us-east-1' };
  const codes = (acceptsTokenLogin: boolean) =>
    roleSnippets({ ...ROLE, acceptsTokenLogin }, address).map(({ code }) => code);
  const login = 'echo "$ID_TOKEN" | docker login --username 123456789012/deploy --password-stdin localhost:3000';
  expect(codes(true)).toContain(login);
  expect(codes(false)).not.toContain(login);
});
