import { splitLocalName } from '#lib/oci/reference.ts';
import type { Deprecation } from '#lib/repositories/deprecation/deprecation.ts';
import { repositoryLink } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** The publisher's own words, with the successor and the end of support as facts below. */
export function DeprecationBanner({ deprecation: { text, successor, endsOn } }: { deprecation: Deprecation }) {
  const local = splitLocalName(successor);
  return (
    <Notice tone="warning">
      <p className="font-semibold">This repository is deprecated</p>
      <p className="break-words whitespace-pre-line" dir="auto">
        {text}
      </p>
      {(successor !== '' || endsOn !== '') && (
        <p className="mt-1">
          {successor !== '' && (
            <>
              Use{' '}
              {local ? (
                <a
                  className="font-mono font-semibold break-all underline underline-offset-4"
                  href={repositoryLink(local)}
                >
                  {successor}
                </a>
              ) : (
                <code className="font-mono font-semibold break-all">{successor}</code>
              )}{' '}
              instead.{' '}
            </>
          )}
          {endsOn !== '' && (
            <>
              Support ends on <time dateTime={endsOn}>{day.format(new Date(`${endsOn}T00:00:00Z`))}</time>.
            </>
          )}
        </p>
      )}
    </Notice>
  );
}
