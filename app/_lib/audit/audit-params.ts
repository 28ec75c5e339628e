import type { AuditTexts } from '#components/audit/audit-filters.tsx';
import type { AuditSearch } from '#lib/events/read-audit.ts';
import { textParam, type RawSearchParams } from '../search-params.ts';

export type AuditParams = {
  texts: AuditTexts;
  filter: AuditSearch;
  /** The last id of the previous page. */
  before: bigint | null;
};

const DAY_MS = 86_400_000;

/** Days are UTC, and the last one is included. */
export function parseAuditParams(params: RawSearchParams): AuditParams {
  const text = (name: string) => textParam(params, name);
  const [actor, action, target, registry] = [text('actor'), text('action'), text('target'), text('registry')];
  const [repository, digest, address] = [text('repository'), text('digest'), text('address')];
  const [tag, accessKeyId, userAgent] = [text('tag'), text('accessKeyId'), text('userAgent')];
  const [from, to] = [parseDay(text('from')), parseDay(text('to'))];
  const before = /^\d{1,18}$/.exec(text('before'));
  const texts = { actor, action, target, repository, tag, digest, accessKeyId, address, userAgent };
  return {
    texts: { ...texts, registry, from: from ? text('from') : '', to: to ? text('to') : '' },
    filter: { ...texts, from, to: to && new Date(to.getTime() + DAY_MS) },
    before: before && BigInt(before[0]),
  };
}

function parseDay(text: string): Date | undefined {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
