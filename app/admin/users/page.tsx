import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { FoldedForm } from '#components/forms/folded-form.tsx';
import { CreateUserForm } from '#components/admin/create-user-form.tsx';
import { ResetLinkForm } from '#components/admin/reset-link-form.tsx';
import { ListFilter } from '#components/forms/list-filter.tsx';
import { SiteRoleForm } from '#components/admin/site-role-form.tsx';
import { ADMIN_AUDIT, ADMIN_USERS, withQuery } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { SITE_ROLES } from '#lib/access/schema.ts';
import { listUsers, type UserRow } from '#lib/identity/accounts/user-queries.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { changeRole, create, disable, enable, removeFactors, resetPasswordByLink, vouch } from './actions.ts';

export const generateMetadata = () => adminMetadata('Users');

const PAGE_SIZE = 50;
const COLUMNS = ['User', 'Role', 'Created', 'Last sign-in', 'Account'];

export default async function UsersPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const q = textParam(params, 'q');
  const role = choiceParam(params, 'role', SITE_ROLES) ?? null;
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { rows, total } = await listUsers(getApp(), { query: q, role, ...range });
  return (
    <AdminPage at={ADMIN_USERS}>
      <h1 className="mb-4 text-xl font-semibold">Users</h1>
      <div className="mb-6 max-w-3xl">
        <CreateUserForm action={create} roles={SITE_ROLES} />
      </div>
      <ListFilter label="Email address or name" path={ADMIN_USERS} q={q} total={countOf(total, 'user')}>
        <select aria-label="Role" className="control w-36" defaultValue={role ?? ''} name="role">
          <option value="">All roles</option>
          {SITE_ROLES.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </ListFilter>
      {rows.length === 0 ? (
        <EmptyState title="No matching users">
          <p>
            <a className="link" href={ADMIN_USERS}>
              Show all users
            </a>
          </p>
        </EmptyState>
      ) : (
        <DenseTable columns={COLUMNS} label="Table of users" width="wide">
          {rows.map((user) => (
            <Row key={user.id} user={user} />
          ))}
        </DenseTable>
      )}
      <Pager
        href={(to) => withQuery(ADMIN_USERS, { q, role, page: to === 1 ? null : to })}
        label="Pages of users"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </AdminPage>
  );
}

function Row({ user }: { user: UserRow }) {
  const { id, email, displayName, role, disabledAt, createdAt, lastSignInAt, emailProvenAt, hasFactor } = user;
  return (
    <DenseRow columns={COLUMNS}>
      <th className="max-w-72 text-left font-normal" scope="row">
        <span className="block truncate font-semibold" dir="auto">
          {displayName}
        </span>
        <a
          className="link block truncate"
          href={withQuery(ADMIN_AUDIT, { principal: email })}
          title="Show audit events"
        >
          {email}
        </a>
        {!emailProvenAt && (
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <Chip tone="warning">Not confirmed</Chip>
            <ButtonForm action={vouch.bind(null, id, email)} button="Confirm address" />
          </div>
        )}
      </th>
      <td>
        <SiteRoleForm about={email} action={changeRole.bind(null, id)} role={role} roles={SITE_ROLES} />
      </td>
      <td>
        <TimeAgo date={createdAt} />
      </td>
      <td>{lastSignInAt ? <TimeAgo date={lastSignInAt} /> : <span className="text-muted">Never</span>}</td>
      <td>
        {disabledAt ? (
          <div className="flex flex-wrap items-start gap-2">
            <Chip tone="warning">
              Disabled <TimeAgo date={disabledAt} />
            </Chip>
            <ButtonForm action={enable.bind(null, id)} button="Enable account" />
          </div>
        ) : (
          <div className="flex flex-wrap items-start gap-2">
            <ResetLinkForm about={email} action={resetPasswordByLink.bind(null, id, email)} />
            {hasFactor && (
              <ConfirmedButtonForm
                about={email}
                action={removeFactors.bind(null, id)}
                button="Remove passkeys and authenticator app"
                summary="Second factor"
              />
            )}
            <FoldedForm
              about={email}
              action={disable.bind(null, id)}
              button="Disable account"
              field={{ name: 'reason', label: 'Reason, for the audit', maxLength: 500 }}
              summary="Disable"
            />
          </div>
        )}
      </td>
    </DenseRow>
  );
}
