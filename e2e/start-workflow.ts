// A publisher whose pipeline has tokens of an issuer on this machine.
import type { JWTPayload } from 'jose';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import { startTestIssuer } from '#lib/testing/servers/test-issuer.ts';
import { BASE_URL, createPublisher, type Publisher } from './fixtures.ts';

export const WORKFLOW = 'acme/web/.github/workflows/publish.yml@refs/heads/main';

/** As GitHub writes them. */
export const WORKFLOW_CLAIMS = {
  repository: 'acme/web',
  repository_id: '42',
  repository_visibility: 'public',
  job_workflow_ref: WORKFLOW,
  sha: '0123456789abcdef0123456789abcdef01234567',
  run_id: '7',
};

export type StartedWorkflow = Publisher & {
  registryId: string;
  issuer: string;
  /** Calls the REST API as the publisher. */
  call: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  /** Signs a token that can be used once. */
  sign: (claims?: JWTPayload) => Promise<string>;
  /** Pushes by the role `publish`, which trusts the repository 42. */
  push: (fullName: string, image: BuiltManifest, options: { tag: string; claims?: JWTPayload }) => Promise<void>;
  close: () => Promise<void>;
};

export async function startWorkflow(): Promise<StartedWorkflow> {
  const publisher = await createPublisher('pull', 'push', 'delete', 'api:write');
  const audience = 'registry.example';
  const at = await startTestIssuer(audience);
  const call: StartedWorkflow['call'] = async (method, path, body) => {
    const answer = await fetch(`${BASE_URL}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${publisher.secret}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const { registries } = (await call('GET', '/me')) as { registries: { registryId: string }[] };
  const registryId = registries[0]?.registryId ?? '';
  await call('PUT', `/registries/${registryId}/identity-providers`, { issuer: at.issuer, audiences: [audience] });
  const host = at.issuer.replace('http://', '');
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${registryId}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${host}:repository_id`]: '42' } },
  };
  const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { arn } = await call('POST', `/registries/${registryId}/roles`, {
    name: 'publish',
    permission: 'pusher',
    trustPolicy,
  });
  let serial = 0;
  const sign = (claims: JWTPayload = {}) => at.sign({ ...WORKFLOW_CLAIMS, jti: `run ${(serial += 1)}`, ...claims });
  return {
    ...publisher,
    registryId,
    issuer: at.issuer,
    call,
    sign,
    push: async (fullName, image, { tag, claims }) => {
      const { password } = await call('POST', '/oidc/exchange', { token: await sign(claims), role: arn });
      await createDistributionClient(BASE_URL, String(password)).push(fullName, image, [tag]);
    },
    close: at.close,
  };
}
