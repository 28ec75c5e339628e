import { CheckList } from '#components/aliases/check-list.tsx';
import { DoneNotice } from '#components/admin/done-notice.tsx';
import { ReservedNameForm } from '#components/admin/reserved-name-form.tsx';
import { ReservedNameTable } from '#components/admin/reserved-name-table.tsx';
import { KIND_WORDS, MATCH_WORDS } from '#components/admin/reserved-words.ts';
import { RESERVED_NAMES, RESERVED_NAMES_EXPORT, RESERVED_NAMES_IMPORT, reservedNamesLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { listReservedNames } from '#lib/aliases/reserved/reserved-names.ts';
import { RESERVED_KINDS, type ReservedKind } from '#lib/aliases/schema.ts';
import { getApp } from '#lib/app.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { choiceParam, pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { addName, removeName } from './actions.ts';

export const generateMetadata = () => adminMetadata('Reserved names');

const PAGE_SIZE = 50;
const DONE = { removed: (name: string) => `${name} is no longer reserved.` };
const toChoices = (words: Record<string, string>) => Object.entries(words).map(([value, text]) => ({ value, text }));

export default async function ReservedNamesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  await requireAdmin();
  const params = await searchParams;
  const kind = choiceParam(params, 'kind', RESERVED_KINDS) ?? null;
  const q = textParam(params, 'q');
  const page = pageParam(params);
  const range = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const { entries, total } = await listReservedNames(getApp(), { query: q, kind, ...range });
  return (
    <AdminPage at={RESERVED_NAMES}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 className="text-xl font-semibold">Reserved names</h1>
        <div className="flex gap-2">
          <a className="button button-small" href={RESERVED_NAMES_IMPORT}>
            Import …
          </a>
          <a className="button button-small" download href={RESERVED_NAMES_EXPORT}>
            Export
          </a>
        </div>
      </div>
      <DoneNotice about={textParam(params, 'about')} done={textParam(params, 'done')} sentences={DONE} />
      <TestBox name={textParam(params, 'test')} />
      <div className="my-6 max-w-3xl">
        <ReservedNameForm
          action={addName}
          kinds={toChoices(KIND_WORDS).filter(({ value }) => value !== 'route')}
          matches={toChoices(MATCH_WORDS)}
        />
      </div>
      <Filters kind={kind} q={q} total={total} />
      {entries.length === 0 ? (
        <EmptyState title="No matching names">
          <p>
            <a className="link" href={RESERVED_NAMES}>
              Show all
            </a>
          </p>
        </EmptyState>
      ) : (
        <ReservedNameTable entries={entries} filters={{ q, kind: kind ?? '' }} remove={removeName} />
      )}
      <Pager
        href={(target) => reservedNamesLink({ q, kind, page: target })}
        label="Pages of reserved names"
        page={page}
        pageSize={PAGE_SIZE}
        total={total}
      />
    </AdminPage>
  );
}

/** No registry has this key, so the result is that of a stranger. */
const NO_REGISTRY = 0n;

/** Runs the alias checks for a name. */
async function TestBox({ name }: { name: string }) {
  const result = name === '' ? null : await checkAlias(getApp(), { name, registryKey: NO_REGISTRY });
  const verdicts = {
    pass: 'Anyone can request it, and one reviewer decides.',
    flag: result?.needsTwo
      ? 'Anyone can request it, and two reviewers must agree.'
      : 'Anyone can request it, and the checks flag it for review.',
    block: 'Requests for it are refused.',
  };
  return (
    <section aria-labelledby="test-box" className="max-w-3xl rounded-lg border border-line bg-surface p-4">
      <h2 className="mb-2 font-semibold" id="test-box">
        Test a name
      </h2>
      <form action={RESERVED_NAMES} className="flex gap-2">
        <input
          aria-label="Name to test"
          autoCapitalize="off"
          className="control max-w-64 font-mono"
          defaultValue={name}
          maxLength={50}
          name="test"
          required
          spellCheck={false}
        />
        <button className="button">Test name</button>
      </form>
      {result && (
        <div className="mt-3 flex flex-col gap-3" role="status">
          <p className="font-medium">
            <code className="font-mono">{name}</code>: {verdicts[result.verdict]}
          </p>
          <CheckList checks={result.checks} />
        </div>
      )}
    </section>
  );
}

function Filters({ kind, q, total }: { kind: ReservedKind | null; q: string; total: number }) {
  return (
    <form action={RESERVED_NAMES} className="mb-3 flex flex-wrap items-center gap-2" role="search">
      <input
        aria-label="Name"
        autoCapitalize="off"
        className="control max-w-56"
        defaultValue={q}
        maxLength={50}
        name="q"
        placeholder="Name"
        spellCheck={false}
        type="search"
      />
      <select aria-label="Kind" className="control max-w-56" defaultValue={kind ?? ''} name="kind">
        <option value="">All kinds</option>
        {toChoices(KIND_WORDS).map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <button className="button">Filter</button>
      <span className="ml-auto text-sm text-muted">{countOf(total, 'name')}</span>
    </form>
  );
}
