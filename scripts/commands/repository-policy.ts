import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { print, required, withApp, type Command } from './command.ts';

export const removePolicyCommand: Command = {
  summary: "Remove a repository's policy, for example one that locks its owners out",
  options: { repository: { value: 'ALIAS/NAME', doc: 'The repository', isRequired: true } },
  run: async (values) => {
    const fullName = required(values, 'repository');
    const policy = await withApp((app) => deleteRepositoryPolicy(app, { caller: SYSTEM_CALLER, fullName }));
    print(values, { repository: fullName, policy }, [`Removed the policy of ${fullName}:`, policy]);
  },
};
