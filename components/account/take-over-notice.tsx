import { ACCOUNT, signInLink } from '../links.ts';
import { Notice } from '../ui/notice.tsx';

type TakeOverNoticeProps = {
  /** What the form removes, and a condition that the advice to sign in completes. */
  children: string;
};

/** Warns that the form takes over an account whose address was never confirmed. */
export function TakeOverNotice({ children }: TakeOverNoticeProps) {
  return (
    <div className="mb-4">
      <Notice tone="warning">
        {children},{' '}
        <a className="link" href={signInLink(ACCOUNT)}>
          sign in and confirm the address there
        </a>{' '}
        instead.
      </Notice>
    </div>
  );
}
