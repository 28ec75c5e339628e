import type { AwsAddress } from '../access-keys/access-key-lines.ts';

export type RoleSnippet = { title: string; code: string };

/** How to get credentials of a role. `name`: of the role. */
export function roleSnippets({ arn, name }: { arn: string; name: string }, address: AwsAddress): RoleSnippet[] {
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
