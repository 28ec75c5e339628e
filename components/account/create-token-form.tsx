'use client';

import { useActionState } from 'react';
import { CodeLine } from '../ui/code-line.tsx';
import { fieldId, FieldFrame, TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, fieldValues, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { ScopeTable } from './scope-table.tsx';
import { quoteForShell } from './quote-for-shell.ts';

export type NewToken = { name: string; secret: string };

type CreateTokenFormProps = { action: FormAction<NewToken>; host: string; email: string };

const ACTIONS = [
  { value: 'pull', text: 'Pull' },
  { value: 'push', text: 'Push' },
  { value: 'delete', text: 'Delete' },
];

const LIFETIMES = [
  { value: '7', text: '7 days' },
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: 'a year' },
  { value: 'never', text: 'no end' },
];

export function CreateTokenForm({ action, host, email }: CreateTokenFormProps) {
  const [state, send] = useActionState(action, null);
  const days = fieldValue(state, 'expiresInDays', '90');
  const apiScope = fieldValue(state, 'apiScope');
  const chosen = fieldValues(state, 'actions', ['pull', 'push']);
  return (
    <div className="max-w-2xl rounded-lg border border-line p-4">
      {state?.ok && <TokenSecret email={email} host={host} token={state.value} />}
      <form action={send} className="flex flex-col gap-4">
        <h2 className="text-lg font-semibold">New token</h2>
        <FormFailureNotice state={state} />
        <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
          <TextField
            defaultValue={fieldValue(state, 'name')}
            error={fieldError(state, 'name')}
            hint="Where it will be used, such as “laptop” or “CI”."
            label="Name"
            maxLength={100}
            name="name"
            required
          />
          <FieldFrame error={fieldError(state, 'expiresInDays')} label="Lives for" name="expiresInDays">
            <select
              className="control"
              defaultValue={days}
              id={fieldId('expiresInDays')}
              // A form that comes back is reset to what the select was made with.
              key={days}
              name="expiresInDays"
            >
              {LIFETIMES.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </FieldFrame>
        </div>
        <fieldset>
          <legend className="mb-1 font-medium">Repository scopes</legend>
          <div className="flex flex-wrap gap-x-5">
            {ACTIONS.map(({ value, text }) => (
              <label className="flex min-h-8 items-center gap-2" key={value}>
                <input
                  className="size-4 accent-accent"
                  defaultChecked={chosen.includes(value)}
                  name="actions"
                  type="checkbox"
                  value={value}
                />
                {text}
              </label>
            ))}
          </div>
          {fieldError(state, 'scopes') && <p className="text-sm text-danger">{fieldError(state, 'scopes')}</p>}
        </fieldset>
        <TextField
          autoCapitalize="off"
          autoComplete="off"
          className="font-mono"
          defaultValue={fieldValue(state, 'repository', '*')}
          hint={
            <>
              ALIAS/NAME of one repository, or a pattern: <code className="font-mono">*</code> matches anything
            </>
          }
          label="Repositories"
          maxLength={250}
          name="repository"
          spellCheck={false}
        />
        <FieldFrame label="REST API" name="apiScope">
          <select
            className="control max-w-60"
            defaultValue={apiScope}
            id={fieldId('apiScope')}
            key={apiScope}
            name="apiScope"
          >
            <option value="">No access</option>
            <option value="api:read">Read</option>
            <option value="api:write">Read and write</option>
          </select>
        </FieldFrame>
        <ScopeTable />
        <div>
          <SubmitButton>Create token</SubmitButton>
        </div>
      </form>
    </div>
  );
}

function TokenSecret({ token, host, email }: { token: NewToken; host: string; email: string }) {
  return (
    <div className="mb-6 flex flex-col gap-3">
      <Notice tone="success">
        <p className="font-medium">The token “{token.name}” is made. It is shown this once: copy it now.</p>
      </Notice>
      <CodeLine code={token.secret} label="Copy the token" />
      <p>Sign in with it: docker asks for a password, which is the token.</p>
      <CodeLine code={`docker login ${host} --username ${quoteForShell(email)}`} label="Copy the login command" />
    </div>
  );
}
