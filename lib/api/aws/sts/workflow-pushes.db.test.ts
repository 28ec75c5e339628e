// A repository that one workflow alone may push to, and what its pushes record.
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { createRole } from '#lib/publishers/roles/create-role.ts';
import { writeSample } from '#lib/repositories/policies/policy-samples.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { startTestIssuer, type TestIssuer } from '#lib/testing/servers/test-issuer.ts';

const AUDIENCE = 'vitrine.example';
const WORKFLOW = 'OWNER/REPOSITORY/.github/workflows/publish.yml@refs/heads/main';
const CLAIMS = {
  repository: 'OWNER/REPOSITORY',
  repository_id: '1234567',
  job_workflow_ref: WORKFLOW,
  sha: 'c0ffee',
  run_id: '99',
};
const site = useAwsSite({ UPSTREAM_NETWORKS: '127.0.0.1/32' });
let at: TestIssuer;
let arn: string;
let registryKey: bigint;

beforeAll(async () => {
  at = await startTestIssuer(AUDIENCE);
  const { registryId } = site.key;
  ({ id: registryKey } = await site.vitrine.app.db.registry.findUniqueOrThrow({ where: { registryId } }));
  const { caller } = site.user;
  await addIdentityProvider(site.vitrine.app, { caller, registryKey, issuer: at.issuer, audiences: [AUDIENCE] });
  const issuer = at.issuer.replace('http://', '');
  const trusted = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${registryId}:oidc-provider/${issuer}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { [`${issuer}:repository_id`]: '*' } },
  };
  ({ arn } = await createRole(site.vitrine.app, {
    caller,
    registryKey,
    name: 'publish',
    trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [trusted] }),
    permission: 'pusher',
    description: '',
    maxSessionSeconds: 3_600,
  }));
});
afterAll(() => at.close());

/** Logs in as a job does, with nothing but its token. */
async function logIn(claims: Record<string, string>) {
  const sts = new STSClient({ endpoint: site.vitrine.url, region: 'eu-central-1', maxAttempts: 1 });
  const WebIdentityToken = await at.sign(claims);
  const command = new AssumeRoleWithWebIdentityCommand({ RoleArn: arn, RoleSessionName: 'job', WebIdentityToken });
  const { Credentials: given } = await sts.send(command);
  const { ecr } = createAwsClients(site.vitrine.url, {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  });
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const login = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
  return createDistributionClient(site.vitrine.url, login.slice('AWS:'.length));
}

async function createGuarded(visibility: 'private' | 'public'): Promise<string> {
  const name = await site.createEmpty(visibility);
  const fullName = `${site.user.alias}/${name}`;
  const sample = writeSample('workflow', { registryId: site.key.registryId, visibility });
  const text = sample.replace('https://token.actions.githubusercontent.com', at.issuer);
  await setRepositoryPolicy(site.vitrine.app, { caller: site.user.caller, fullName, text, force: false });
  return fullName;
}

test.each(['private', 'public'] as const)('only the workflow pushes to a %s repository', async (visibility) => {
  const fullName = await createGuarded(visibility);
  const image = await site.build(`by a workflow to ${visibility}`);
  const others = [
    { ...CLAIMS, repository_id: '7654321' },
    { ...CLAIMS, job_workflow_ref: WORKFLOW.replace('publish', 'test') },
    { repository_id: CLAIMS.repository_id, sha: CLAIMS.sha },
  ];
  for (const claims of others) {
    await expect((await logIn(claims)).push(fullName, image, ['v1'])).rejects.toThrow('403');
  }
  const owner = createDistributionClient(site.vitrine.url, site.user.token);
  await expect(owner.push(fullName, image, ['v1'])).rejects.toThrow(`permission to push to ${fullName}`);
  await (await logIn(CLAIMS)).push(fullName, image, ['v1']);
  const pulled = await owner.request('GET', `/v2/${fullName}/manifests/v1`);
  expect(pulled.headers.get('docker-content-digest')).toBe(image.digest);
});

test('a push records the workflow, and an owner’s doesn’t', async () => {
  const name = await site.createEmpty();
  const fullName = `${site.user.alias}/${name}`;
  const [one, other] = [await site.build('recorded'), await site.build('not recorded')];
  await (await logIn(CLAIMS)).push(fullName, one, ['v1']);
  await site.push(name, other, ['v2']);
  const audit = await site.vitrine.app.db.auditEvent.findMany({
    where: { action: 'manifest.push', target: { startsWith: fullName } },
    orderBy: { id: 'asc' },
    select: { after: true },
  });
  const workflow = {
    issuer: at.issuer,
    repository: 'OWNER/REPOSITORY',
    file: WORKFLOW,
    commit: 'c0ffee',
    run: '99',
  };
  expect(audit.map(({ after }) => after)).toEqual([
    { mediaType: one.mediaType, tags: ['v1'], workflow },
    { mediaType: other.mediaType, tags: ['v2'] },
  ]);
});

async function readWorkflow(path: string, token?: string) {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const request = new Request(`http://localhost/api/v1/repositories/${path}`, { headers });
  const response = await handleRestRequest(site.vitrine.app, request);
  return ((await response.json()) as { workflow: unknown }).workflow;
}

test('the tag and the manifest name a public workflow, and the last one that pushed', async () => {
  const name = await site.createEmpty('public');
  const fullName = `${site.user.alias}/${name}`;
  const image = await site.build('shown');
  const path = encodeURIComponent(fullName);
  await site.push(name, image, ['by-hand']);
  expect(await readWorkflow(`${path}/tags/by-hand`)).toBeNull();
  const run = async (id: string) => {
    const client = await logIn({ ...CLAIMS, run_id: id, repository_visibility: 'public' });
    await client.push(fullName, image, ['v1']);
  };
  await run('1');
  await run('2');
  const text = (shown: string) => ({ text: shown, href: null });
  const workflow = {
    issuer: at.issuer,
    service: null,
    repository: text('OWNER/REPOSITORY'),
    file: text(WORKFLOW),
    commit: text('c0ffee'),
    run: text('2'),
    pushedAt: expect.any(String) as string,
  };
  expect(await readWorkflow(`${path}/tags/v1`)).toEqual(workflow);
  expect(await readWorkflow(`${path}/manifests/${image.digest}`)).toEqual(workflow);
  const removed = { manifest: { repository: { name } } };
  await site.vitrine.app.db.manifest.deleteMany({ where: removed.manifest });
  expect(await site.vitrine.app.db.manifestWorkflow.count({ where: removed })).toBe(0);
});

test('only members learn of a workflow that isn’t public', async () => {
  const other = await site.vitrine.createUser();
  const scopes = ['pull', 'api:read'];
  const input = { caller: site.user.caller, name: 'reader', scopes, expiresInDays: 1 };
  const { secret: token } = await createAccessToken(site.vitrine.app, input);
  for (const [i, claims] of [CLAIMS, { ...CLAIMS, repository_visibility: 'private' }].entries()) {
    const name = await site.createEmpty('public');
    const fullName = `${site.user.alias}/${name}`;
    await (await logIn(claims)).push(fullName, await site.build(`hidden ${i}`), ['v1']);
    const path = `${encodeURIComponent(fullName)}/tags/v1`;
    expect(await readWorkflow(path)).toBeNull();
    expect(await readWorkflow(path, other.token)).toBeNull();
    expect(await readWorkflow(path, token)).toMatchObject({ repository: { text: 'OWNER/REPOSITORY' } });
  }
});

test('nothing that a registry’s own keys sign counts as public', async () => {
  const { caller } = site.user;
  const keySet = JSON.stringify({ keys: at.served.keys.map(({ publicJwk }) => publicJwk) });
  const provider = { caller, registryKey, issuer: at.issuer, audiences: [AUDIENCE] };
  await addIdentityProvider(site.vitrine.app, { ...provider, keySet });
  const name = await site.createEmpty('public');
  const fullName = `${site.user.alias}/${name}`;
  const client = await logIn({ ...CLAIMS, repository_visibility: 'public' });
  await client.push(fullName, await site.build('own keys'), ['v1']);
  await addIdentityProvider(site.vitrine.app, provider);
  expect(await readWorkflow(`${encodeURIComponent(fullName)}/tags/v1`)).toBeNull();
});

test('a pod’s token names no workflow', async () => {
  const name = await site.createEmpty('public');
  const fullName = `${site.user.alias}/${name}`;
  const claims = { repository_id: '1', repository_visibility: 'public', 'kubernetes.io': { namespace: 'ci' } };
  await (await logIn(claims as never)).push(fullName, await site.build('a pod'), ['v1']);
  expect(await readWorkflow(`${encodeURIComponent(fullName)}/tags/v1`, site.user.token)).toBeNull();
});
