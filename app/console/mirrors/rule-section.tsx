import { RuleForm } from '#components/mirrors/rule-form.tsx';
import { RuleTable } from '#components/mirrors/rule-table.tsx';
import { getApp } from '#lib/app.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { listPullThroughRules } from '#lib/upstream/rules/list-rules.ts';
import { checkRuleAction, createRuleAction, removeRuleAction } from './rule-actions.ts';

/** A registry's pull-through rules, which AWS tools manage too. */
export async function RuleSection({ view, canManage }: { view: RegistryView; canManage: boolean }) {
  const { id: registryKey, primaryAlias: alias } = view;
  const rules = await listPullThroughRules(getApp(), { registryKey });
  if (rules.length === 0 && !canManage) return null;
  const actions = {
    check: (prefix: string) => checkRuleAction.bind(null, { registryKey, prefix }),
    remove: (prefix: string) => removeRuleAction.bind(null, { registryKey, prefix }),
  };
  return (
    <section aria-labelledby="rules">
      <h2 className="text-lg font-semibold" id="rules">
        Pull-through rules
      </h2>
      <p className="mb-3 max-w-2xl text-muted">
        Names below a prefix that don’t exist here are pulled through, and become private mirrors when someone who can
        create repositories pulls them first.
      </p>
      {rules.length > 0 && <RuleTable actions={canManage ? actions : null} alias={alias} rules={rules} />}
      {canManage && (
        <div className="mt-3 max-w-2xl">
          <RuleForm action={createRuleAction.bind(null, registryKey)} alias={alias} />
        </div>
      )}
    </section>
  );
}
