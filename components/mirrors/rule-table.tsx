import type { PullThroughRule } from '#lib/upstream/rules/create-rule.ts';
import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CheckForm } from './check-form.tsx';

const COLUMNS = ['Names', 'Pulled from', 'Created'];

type RuleTableProps = {
  alias: string;
  rules: PullThroughRule[];
  /** Null for members who may only look. */
  actions: {
    check: (prefix: string) => FormAction<MirrorCheck>;
    remove: (prefix: string) => FormAction;
  } | null;
};

/** Lists the prefixes below which unknown names are pulled through. */
export function RuleTable({ alias, rules, actions }: RuleTableProps) {
  const columns = actions ? [...COLUMNS, 'Change'] : COLUMNS;
  return (
    <DenseTable columns={columns} label="Table of pull-through rules" width="medium">
      {rules.map(({ prefix, upstreamPrefix, upstream, createdAt }) => {
        const names = `${[alias, prefix].filter(Boolean).join('/')}/*`;
        return (
          <DenseRow columns={columns} key={prefix}>
            <th className="max-w-64 text-left font-mono font-semibold break-words" scope="row">
              {names}
            </th>
            <td className="max-w-72 font-mono break-words">
              {[upstream.host, upstreamPrefix].filter(Boolean).join('/')}/*
            </td>
            <td>
              <TimeAgo date={createdAt} />
            </td>
            {actions && (
              <td className="flex flex-col gap-2">
                <CheckForm about={names} action={actions.check(prefix)} upstreamHost={upstream.host} what="rule" />
                <ConfirmedButtonForm
                  about={`the rule for ${names}`}
                  action={actions.remove(prefix)}
                  button="Remove rule"
                  summary="Remove"
                  warning="Names that haven’t been pulled yet will no longer be found. Existing mirrors stay."
                />
              </td>
            )}
          </DenseRow>
        );
      })}
    </DenseTable>
  );
}
