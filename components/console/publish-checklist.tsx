import type { ReactNode } from 'react';
import type { PublishProgress } from '#lib/repositories/queries.ts';
import { TOKENS, repositoryLink } from '../links.ts';
import { Icon } from '../ui/icon.tsx';
import { LiveRefresh } from '../ui/live-refresh.tsx';

type PublishChecklistProps = { progress: PublishProgress; alias: string; name: string; isPrivate: boolean };

/** The steps to the first image. Refreshes itself until all are done. */
export function PublishChecklist({ progress, alias, name, isPrivate }: PublishChecklistProps) {
  const { hasToken, hasUsedToken, hasImage } = progress;
  return (
    <div aria-live="polite">
      <ul className="mb-4 flex flex-col gap-1">
        <Step isDone={hasToken}>
          <a className="link" href={TOKENS}>
            Create an access token
          </a>
        </Step>
        <Step isDone={hasUsedToken}>Sign in with docker login</Step>
        <Step isDone={hasImage}>Push the first image</Step>
        <Step isDone={hasImage}>
          {hasImage ? (
            <a className="link" href={repositoryLink({ alias, name })}>
              {isPrivate ? 'See its page' : 'See it in the gallery'}
            </a>
          ) : isPrivate ? (
            'Members see it on its page'
          ) : (
            'The repository appears in the gallery'
          )}
        </Step>
      </ul>
      {!hasImage && <LiveRefresh />}
    </div>
  );
}

function Step({ isDone, children }: { isDone: boolean; children: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <span
        className={`flex size-5 items-center justify-center rounded-full border ${isDone ? 'border-accent bg-accent-soft text-accent' : 'border-line-control'}`}
      >
        {isDone && <Icon name="check" size={12} />}
      </span>
      <span className="sr-only">{isDone ? 'Done:' : 'To do:'}</span>
      <span className={isDone ? 'text-muted' : ''}>{children}</span>
    </li>
  );
}
