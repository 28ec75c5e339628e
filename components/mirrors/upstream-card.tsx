import type { UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { ActionForm } from '../forms/action-form.tsx';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Fact } from '../ui/fact.tsx';
import { countOf, formatBytes, formatCount } from '../ui/format-number.ts';
import { Notice } from '../ui/notice.tsx';
import { absoluteTime, TimeAgo } from '../ui/time-ago.tsx';
import { UpstreamFields } from './upstream-fields.tsx';

const HOUR_SECONDS = 3_600;

type UpstreamCardProps = {
  upstream: UpstreamOverview;
  /** Null for members who may only look. */
  actions: { save: FormAction; forget: FormAction } | null;
};

/** An upstream with its health and cache figures. */
export function UpstreamCard({ upstream, actions }: UpstreamCardProps) {
  const { host, isPlainHttp, username, mirrorCount, ruleCount, isOfRegistry } = upstream;
  return (
    <li className="flex flex-col gap-3 rounded-lg border border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="min-w-0 font-mono font-semibold break-words">{host}</h3>
        {username !== null && <Chip icon="lock">as {username}</Chip>}
        {isPlainHttp && <Chip tone="warning">plain http</Chip>}
        <span className="text-sm text-muted">
          {countOf(mirrorCount, 'mirror')}
          {ruleCount > 0 && `, ${countOf(ruleCount, 'rule')}`}
          {isOfRegistry && ', and the whole alias'}
        </span>
      </div>
      <Health upstream={upstream} />
      <Facts upstream={upstream} />
      {actions && (
        <ActionForm
          action={actions.save}
          button={
            <>
              Save settings<span className="sr-only"> of {host}</span>
            </>
          }
          fold={{ summary: 'Change settings', isLink: true, className: 'pt-3' }}
          successNotice="Saved."
          tone="plain"
        >
          <UpstreamFields current={upstream} />
        </ActionForm>
      )}
      {actions && mirrorCount + ruleCount === 0 && !isOfRegistry && (
        <ConfirmedButtonForm
          about={host}
          action={actions.forget}
          button="Forget upstream and credentials"
          summary="Forget"
        />
      )}
    </li>
  );
}

function Health({ upstream: { problem, problemAt, answeredAt, brokenUntil } }: { upstream: UpstreamOverview }) {
  const isLeftAlone = brokenUntil !== null && brokenUntil > new Date();
  const answered = answeredAt && (
    <>
      {problem === null ? 'Responded' : 'Last responded'} <TimeAgo date={answeredAt} />.
    </>
  );
  if (problem === null && !isLeftAlone) return <p>{answered ?? 'Not contacted yet.'}</p>;
  return (
    <>
      <Notice tone="warning">{problem ?? 'The upstream isn’t responding.'}</Notice>
      <p>
        {problemAt && (
          <>
            Last attempt <TimeAgo date={problemAt} />.{' '}
          </>
        )}
        {answered ?? 'It has never responded.'} {isLeftAlone && `Paused until ${absoluteTime(brokenUntil)}. `}
        Cached content is still served.
      </p>
    </>
  );
}

function Facts({ upstream: { stats, rateLimit } }: { upstream: UpstreamOverview }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 text-sm tabular-nums sm:grid-cols-3">
      <Fact term="Cache hits">
        {stats.hitRate === null
          ? 'No requests yet'
          : `${Math.round(stats.hitRate * 100)} % of ${countOf(stats.pulls, 'request')}`}
      </Fact>
      <Fact term="Fetched">{formatBytes(stats.fetchedBytes)}</Fact>
      <Fact term="Served">{formatBytes(stats.servedBytes)}</Fact>
      <Fact term="Stale copies served">{formatCount(stats.stale)}</Fact>
      <Fact term="Failures">{formatCount(stats.failures)}</Fact>
      {rateLimit && (
        <Fact term={`Pulls left of ${formatCount(rateLimit.limit)}`}>
          {formatCount(rateLimit.remaining)} in {countOf(Math.round(rateLimit.windowSeconds / HOUR_SECONDS), 'hour')}
          <span className="block text-muted">
            seen <TimeAgo date={rateLimit.seenAt} />
          </span>
        </Fact>
      )}
    </dl>
  );
}
