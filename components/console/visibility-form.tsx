import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { countOf } from '../ui/format-number.ts';

type VisibilityFormProps = {
  action: FormAction;
  fullName: string;
  visibility: 'public' | 'private';
  tagCount: number;
  memberCount: number;
  robotCount: number;
  hasPolicy: boolean;
};

/** Explains the consequences of a change before the user confirms it. */
export function VisibilityForm({
  action,
  fullName,
  visibility,
  tagCount,
  memberCount,
  robotCount,
  hasPolicy,
}: VisibilityFormProps) {
  const isPublic = visibility === 'public';
  const members = memberCount === 1 ? 'you, its only member,' : `the registry’s ${countOf(memberCount, 'member')}`;
  const robots = robotCount === 0 ? '' : ` and ${countOf(robotCount, 'robot')}`;
  return (
    <div className="max-w-2xl">
      <p className="mb-2">
        {isPublic
          ? 'Public. Anyone can find and pull it.'
          : hasPolicy
            ? 'Private. Policies decide with roles who can see and pull it.'
            : `Private. Only ${members}${robots} can see and pull it.`}
      </p>
      <ul className="mb-4 flex list-disc flex-col gap-1 pl-5 text-sm text-muted">
        {isPublic ? (
          <>
            <li>Once private, it leaves search and the gallery, and pulls without an account fail at once.</li>
            <li>Its badges, feed and page stop working for everyone who isn’t a member.</li>
            <li>Others keep the copies they have pulled. Caches may answer for another minute.</li>
          </>
        ) : (
          <>
            <li>
              Once it is public, anyone can read its texts, its {countOf(tagCount, 'tag')} with their history and pull
              counts, and every image in it, untagged ones included.
            </li>
            <li>Check that no image contains secrets. You can’t take back what others have pulled.</li>
          </>
        )}
      </ul>
      <ConfirmedButtonForm
        about={fullName}
        action={action}
        button={isPublic ? 'Make private' : 'Make public'}
        summary={isPublic ? 'Make private' : 'Make public'}
      />
    </div>
  );
}
