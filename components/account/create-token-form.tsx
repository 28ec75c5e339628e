'use client';

import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxGroup } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';
import { quoteForShell } from './quote-for-shell.ts';
import { ScopeTable } from './scope-table.tsx';

export type NewToken = { name: string; secret: string };

type CreateTokenFormProps = {
  action: FormAction<NewToken>;
  host: string;
  /** For the login command. Any user name works. */
  userName: string;
};

const ACTIONS = [
  { value: 'pull', text: 'Pull' },
  { value: 'push', text: 'Push' },
  { value: 'delete', text: 'Delete' },
];

const LIFETIMES = [
  { value: '7', text: '7 days' },
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: '1 year' },
  { value: 'never', text: 'No expiry' },
];

const API_SCOPES = [
  { value: 'api:read', text: 'Read' },
  { value: 'api:write', text: 'Read and write' },
];

export function CreateTokenForm({ action, host, userName }: CreateTokenFormProps) {
  return (
    <div className="flex max-w-2xl flex-col gap-4 rounded-lg border border-line p-4">
      <h2 className="text-lg font-semibold">New token</h2>
      <ActionForm
        action={action}
        button="Create token"
        renderSuccess={(token) => <TokenSecret host={host} token={token} userName={userName} />}
      >
        <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
          <TextField
            hint="Where you’ll use it, such as “laptop” or “CI”"
            label="Name"
            maxLength={100}
            name="name"
            required
          />
          <SelectField choices={LIFETIMES} defaultValue="90" label="Expires after" name="expiresInDays" />
        </div>
        <CheckboxGroup
          checked={['pull', 'push']}
          choices={ACTIONS}
          errorKeys={['scopes']}
          label="Repository scopes"
          name="actions"
        />
        <TextField
          defaultValue="*"
          hint={
            <>
              ALIAS/NAME of one repository, or a pattern: <code className="font-mono">*</code> matches anything
            </>
          }
          isCode
          label="Repositories"
          maxLength={250}
          name="repository"
        />
        <SelectField
          choices={API_SCOPES}
          className="max-w-60"
          label="REST API"
          name="apiScope"
          placeholder="No access"
        />
        <ScopeTable />
      </ActionForm>
    </div>
  );
}

function TokenSecret({ token, host, userName }: { token: NewToken; host: string; userName: string }) {
  return (
    <div className="mb-2 flex flex-col gap-3">
      <Notice tone="success">
        <p className="font-medium">Token “{token.name}” created. Copy it now, because it won’t be shown again.</p>
      </Notice>
      <CodeLine code={token.secret} label="Copy token" />
      <p>To sign in, run this command and enter the token as the password.</p>
      <CodeLine code={`docker login ${host} --username ${quoteForShell(userName)}`} label="Copy login command" />
    </div>
  );
}
