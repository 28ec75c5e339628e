import type { Visibility } from '#lib/repositories/schema.ts';

/** What a policy belongs to. */
export type SnippetTarget = { kind: 'repository'; name: string; visibility: Visibility } | { kind: 'registry' };

export type PolicySnippet = { title: string; code: string };

/** How to set the policy by other means, with its text as it is now. */
export function policySnippets(target: SnippetTarget, policy: string): PolicySnippet[] {
  const { command, resource, attributes } = wordsOf(target);
  return [
    {
      title: 'AWS CLI',
      code: ["cat > policy.json <<'POLICY'", policy, 'POLICY', `aws ${command} --policy-text file://policy.json`].join(
        '\n',
      ),
    },
    {
      title: 'Terraform',
      code: [
        `resource "${resource}" "this" {`,
        ...attributes.map((line) => `  ${line}`),
        '  policy = <<-POLICY',
        ...escapeTemplate(policy)
          .split('\n')
          .map((line) => `    ${line}`),
        '  POLICY',
        '}',
      ].join('\n'),
    },
  ];
}

function wordsOf(target: SnippetTarget): { command: string; resource: string; attributes: string[] } {
  if (target.kind === 'registry') {
    return { command: 'ecr put-registry-policy', resource: 'aws_ecr_registry_policy', attributes: [] };
  }
  const { name, visibility } = target;
  const isPublic = visibility === 'public';
  return {
    command: `${isPublic ? 'ecr-public' : 'ecr'} set-repository-policy --repository-name ${name}`,
    resource: isPublic ? 'aws_ecrpublic_repository_policy' : 'aws_ecr_repository_policy',
    attributes: [`${isPublic ? 'repository_name' : 'repository'} = "${name}"`, ''],
  };
}

/** Terraform replaces these sequences in a heredoc, and IAM has variables of the same form. */
function escapeTemplate(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, '$&$&');
}
