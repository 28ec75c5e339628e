import type { ReactNode } from 'react';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { signInLink } from '../links.ts';
import { Icon } from '../ui/icon.tsx';

type FollowButtonProps = {
  /** `ALIAS` or `ALIAS/NAME`. */
  target: string;
  isFollowed: boolean;
  action: FormAction;
  /** Visitors without an account get a link to the sign-in page. */
  isSignedIn: boolean;
  isSmall?: boolean;
};

export function FollowButton({ isFollowed, ...toggle }: FollowButtonProps) {
  return (
    <ToggleButton {...toggle} isOn={isFollowed}>
      <Icon className={isFollowed ? 'fill-current' : ''} name="bell" size={14} />
      {isFollowed ? 'Unfollow' : 'Follow'}
      <span className="sr-only"> {toggle.target}</span>
    </ToggleButton>
  );
}

type ToggleButtonProps = Omit<FollowButtonProps, 'isFollowed'> & { isOn: boolean; children: ReactNode };

/** Submits the state that isn't the current one, so that pressing twice in two windows doesn't toggle twice. */
export function ToggleButton({ target, isOn, action, isSignedIn, isSmall, children }: ToggleButtonProps) {
  if (!isSignedIn) {
    return (
      <a className="button" href={signInLink(`/${target}`)} rel="nofollow">
        {children}
      </a>
    );
  }
  return (
    <ActionForm
      action={action}
      button={children}
      className="max-w-72 flex-col-reverse gap-2"
      isSmall={isSmall}
      tone="plain"
    >
      <input name="target" type="hidden" value={target} />
      <input name="wanted" type="hidden" value={isOn ? '' : '1'} />
    </ActionForm>
  );
}
