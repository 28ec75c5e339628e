import type { AwsAddress } from '../access-keys/access-key-lines.ts';

export type RoleSnippet = { title: string; code: string };

type ShownRole = {
  arn: string;
  name: string;
  /** 12 digits. */
  registryId: string;
  /** Whether docker may log in with a workload's token itself. */
  acceptsTokenLogin: boolean;
};

/** How to get credentials of a role. */
export function roleSnippets(
  { arn, name, registryId, acceptsTokenLogin }: ShownRole,
  address: AwsAddress,
): RoleSnippet[] {
  const { endpoint, host, region } = address;
  return [
    {
      title: 'As a user, a robot or another registry',
      code: `aws sts assume-role --endpoint-url ${endpoint} --role-arn ${arn} --role-session-name ${name}`,
    },
    {
      title: 'AWS CLI and SDKs with a workload’s token',
      code: [
        `export AWS_ENDPOINT_URL=${endpoint} AWS_ENDPOINT_URL_STS=${endpoint} AWS_REGION=${region}`,
        `export AWS_ROLE_ARN=${arn}`,
        'export AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/tokens/registry',
        `aws ecr get-login-password | docker login --username AWS --password-stdin ${host}`,
      ].join('\n'),
    },
    {
      title: 'docker alone with a workload’s token',
      code: [
        `curl --json "{\\"token\\": \\"$ID_TOKEN\\", \\"role\\": \\"${arn}\\"}" ${endpoint}/api/v1/oidc/exchange |`,
        `  jq --raw-output .password | docker login --username AWS --password-stdin ${host}`,
      ].join('\n'),
    },
    ...(acceptsTokenLogin
      ? [
          {
            title: 'docker with a workload’s token as the password',
            code: `echo "$ID_TOKEN" | docker login --username ${registryId}/${name} --password-stdin ${host}`,
          },
        ]
      : []),
    {
      title: 'Terraform',
      code: [
        'provider "aws" {',
        `  region = "${region}"`,
        '',
        '  endpoints {',
        ...['ecr      ', 'ecrpublic', 'sts      '].map((service) => `    ${service} = "${endpoint}"`),
        '  }',
        '',
        '  assume_role_with_web_identity {',
        `    role_arn                = "${arn}"`,
        '    web_identity_token_file = "/var/run/secrets/tokens/registry"',
        '  }',
        '}',
        '',
        'data "aws_ecr_authorization_token" "registry" {}',
      ].join('\n'),
    },
  ];
}
