import type { Sbom, SbomPackage } from '#lib/distribution/attached/attached-document.ts';
import type { PackagePage } from '#lib/distribution/attached/package-table.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { countOf, formatCount } from '../ui/format-number.ts';
import { Pager } from '../ui/pager.tsx';

export const PACKAGES_PER_PAGE = 100;
const MAX_TEXT_LENGTH = 500;

type PackageListProps = {
  sbom: Sbom;
  shown: PackagePage;
  query: string;
  page: number;
  href: (query: { q?: string; page?: number }) => string;
  hidden: Record<string, string>;
};

/** The packages of an SBOM. The form works without scripts. */
export function PackageList({ sbom, shown: { packages, total }, query, page, href, hidden }: PackageListProps) {
  return (
    <div className="min-w-0" id="packages">
      <p className="mb-3 text-sm text-muted">{toVisibleText(summaryOf(sbom), MAX_TEXT_LENGTH * 4)}</p>
      <form
        action={`${href({})}#packages`}
        aria-label="Packages"
        className="mb-3 flex flex-wrap items-center gap-2"
        role="search"
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} name={name} type="hidden" value={value} />
        ))}
        <input
          aria-label="Search packages"
          className="control min-w-0 flex-1 basis-40 sm:max-w-xs"
          defaultValue={query}
          maxLength={100}
          name="q"
          placeholder="Name, licence or purl"
          type="search"
        />
        <button className="button" type="submit">
          Search packages
        </button>
        <span className="text-sm text-muted tabular-nums" role="status">
          {query === ''
            ? countOf(total, 'package')
            : `${formatCount(total)} of ${countOf(sbom.packages.count, 'package')}`}
        </span>
      </form>
      {packages.length > 0 ? (
        <PackageTableView packages={packages} />
      ) : (
        <p className="text-muted">{query === '' ? 'This SBOM lists no packages.' : 'No package matches.'}</p>
      )}
      <Pager
        href={(to) => `${href(to === 1 ? { q: query } : { q: query, page: to })}#packages`}
        label="Package pages"
        page={page}
        pageSize={PACKAGES_PER_PAGE}
        total={total}
      />
      {sbom.packageCount > sbom.packages.count && (
        <p className="mt-3 text-sm text-muted">
          Showing {formatCount(sbom.packages.count)} of {countOf(sbom.packageCount, 'package')}. Download the document
          to see all.
        </p>
      )}
    </div>
  );
}

function summaryOf({ format, version, name, createdAt, tools }: Sbom): string {
  const made = [
    createdAt === '' ? '' : `created ${createdAt.slice(0, 10)}`,
    tools.length === 0 ? '' : `by ${tools.join(', ')}`,
  ].filter((part) => part !== '');
  return [`${format} ${version}`, name, made.join(' ')].filter((part) => part !== '').join(' · ');
}

/** On phones, the licence is below the name. */
function PackageTableView({ packages }: { packages: SbomPackage[] }) {
  return (
    <div aria-label="Packages" className="rounded-lg border border-line" role="region">
      <table className="w-full table-fixed border-collapse text-sm">
        <thead className="bg-surface text-left text-muted">
          <tr>
            <Heading text="Name" width="w-3/5 sm:w-1/2" />
            <Heading text="Version" />
            <Heading text="Licence" width="max-sm:hidden" />
            <Heading text="Type" width="w-20 max-sm:hidden" />
          </tr>
        </thead>
        <tbody>
          {packages.map((item, i) => (
            <PackageRow item={item} key={i} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ text, width = '' }: { text: string; width?: string }) {
  return (
    <th className={`h-9 px-3 font-medium ${width}`} scope="col">
      {text}
    </th>
  );
}

function PackageRow({ item: { name, version, licence, type, purl } }: { item: SbomPackage }) {
  return (
    <tr className="border-t border-line align-top [&>*]:px-3 [&>*]:py-1.5">
      <th className="text-left font-normal" scope="row">
        <span className="font-medium break-all" dir="auto">
          {toVisibleText(name, MAX_TEXT_LENGTH) || 'unnamed'}
        </span>
        {licence !== '' && (
          <span className="block wrap-anywhere text-muted sm:hidden">{toVisibleText(licence, MAX_TEXT_LENGTH)}</span>
        )}
        {purl !== '' && (
          <span className="block font-mono text-xs break-all text-muted">{toVisibleText(purl, MAX_TEXT_LENGTH)}</span>
        )}
      </th>
      <td className="font-mono text-xs leading-5 break-all">{toVisibleText(version, MAX_TEXT_LENGTH) || '–'}</td>
      <td className="wrap-anywhere max-sm:hidden">{toVisibleText(licence, MAX_TEXT_LENGTH) || '–'}</td>
      <td className="break-all text-muted max-sm:hidden">{toVisibleText(type, MAX_TEXT_LENGTH) || '–'}</td>
    </tr>
  );
}
