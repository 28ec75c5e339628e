import type { FormAction } from '../forms/form-state.ts';
import { formatCount } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';
import { ToggleButton } from './follow-button.tsx';

type StarButtonProps = {
  /** `ALIAS/NAME`. */
  target: string;
  starCount: number;
  isStarred: boolean;
  action: FormAction;
  isSignedIn: boolean;
};

export function StarButton({ starCount, isStarred, ...toggle }: StarButtonProps) {
  return (
    <ToggleButton {...toggle} isOn={isStarred}>
      <Icon className={isStarred ? 'fill-current' : ''} name="star" size={14} />
      {isStarred ? 'Unstar' : 'Star'}
      <span className="sr-only"> {toggle.target}, </span>
      <span className="text-muted tabular-nums">{formatCount(starCount)}</span>
      <span className="sr-only">{starCount === 1 ? ' star' : ' stars'}</span>
    </ToggleButton>
  );
}
