import { textOf, textsOf } from './run-action.ts';

/** Reads the fields of a new access token. The use case checks them. */
export function readTokenForm(form: FormData): { name: string; scopes: string[]; expiresInDays: number | null } {
  const repository = textOf(form, 'repository').trim() || '*';
  const actions = textsOf(form, 'actions').join(',');
  const days = textOf(form, 'expiresInDays');
  return {
    name: textOf(form, 'name'),
    scopes: [actions && `repository:${repository}:${actions}`, textOf(form, 'apiScope')].filter(Boolean),
    expiresInDays: days === 'never' ? null : Number(days),
  };
}
