// A workload pulls and pushes with nothing but a token of its issuer: no access key, no access token, no account.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { createSigningKey, signToken } from '#lib/testing/servers/test-issuer.ts';
import { BASE_URL, createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { buildSampleImage } from '../sample-image.ts';
import { awsEnvironment, createAwsKey } from './aws-commands.ts';
import { findPythonTools } from './python-tools.ts';

// Debian's CLI is older than AWS_ENDPOINT_URL_STS, and asks AWS for the session.
const python = await findPythonTools();
const absent = python.absent ?? missing('skopeo');
const program = python.absent === null ? python.aws : '';
const ISSUER = 'https://cluster.internal.example';
const AUDIENCE = 'registry.example';

test.skipIf(absent)(`a pod's token replaces every secret${absent ? ` (skipped: ${absent})` : ''}`, async () => {
  const publisher = await createPublisher('pull', 'push', 'delete', 'api:write');
  const { registryId } = await createAwsKey(publisher);
  const key = await createSigningKey('pods', 'ES256');
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${BASE_URL}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${publisher.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  // The site can't reach a cluster's issuer, so an owner pastes its keys.
  const keySet = JSON.stringify({ keys: [key.publicJwk] });
  await call('PUT', `/registries/${registryId}/identity-providers`, { issuer: ISSUER, audiences: [AUDIENCE], keySet });
  const host = ISSUER.replace('https://', '');
  const trustPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${registryId}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${host}:sub`]: 'system:serviceaccount:web:deploy',
            [`${host}:kubernetes.io.namespace`]: 'web',
          },
        },
      },
    ],
  });
  const role = { name: 'pods', permission: 'pusher', trustPolicy };
  const { arn } = (await call('POST', `/registries/${registryId}/roles`, role)) as { arn: string };

  // A pusher pushes to repositories, but creates none.
  await call('POST', '/repositories', { fullName: `${publisher.alias}/by-pod`, visibility: 'private' });

  await withFolder(async (folder) => {
    const claims = (namespace: string) => ({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'system:serviceaccount:web:deploy',
      'kubernetes.io': { namespace, serviceaccount: { name: 'deploy' } },
    });
    const {
      AWS_ACCESS_KEY_ID: _id,
      AWS_SECRET_ACCESS_KEY: _secret,
      ...settings
    } = awsEnvironment({
      accessKeyId: '',
      secretAccessKey: '',
      registryId,
    });
    const tokenFile = join(folder, 'token');
    const env = { ...settings, AWS_ROLE_ARN: arn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, HOME: join(folder, 'home') };
    const aws = (...args: string[]) => run(program, args, env);
    writeFileSync(tokenFile, `${await signToken(key, claims('web'))}\n`);
    const identity = JSON.parse(await aws('sts', 'get-caller-identity', '--output', 'json')) as { Arn: string };
    expect(identity.Arn).toMatch(`arn:aws:sts::${registryId}:assumed-role/pods/`);

    const credentials = `AWS:${await aws('ecr', 'get-login-password')}`;
    const image = await buildSampleImage();
    await writeOciLayout(join(folder, 'in'), image, 'v1');
    const to = `docker://${HOST}/${publisher.alias}/by-pod:v1`;
    const push = ['copy', '--dest-tls-verify=false', '--dest-creds', credentials, `oci:${folder}/in:v1`, to];
    await run('skopeo', push);
    const inspect = ['inspect', '--raw', '--tls-verify=false', '--creds', credentials, to];
    expect(await run('skopeo', inspect)).toBe(image.bytes.toString());

    writeFileSync(tokenFile, await signToken(key, claims('elsewhere')));
    // The CLI keeps its session there.
    rmSync(env.HOME, { recursive: true });
    await expect(aws('ecr', 'get-login-password')).rejects.toThrow(
      /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    );
  });
});
