import { SitePage } from './site-page.tsx';

type CheckEmailPageProps = {
  /** What was sent, and what to do with it. */
  text: string;
  retryHref: string;
};

/** Reads the same for unused and used addresses, so as not to reveal accounts. */
export function CheckEmailPage({ text, retryHref }: CheckEmailPageProps) {
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-2 text-xl font-semibold">Check your email</h1>
      <p className="mb-4">{text}</p>
      <p className="text-muted">
        No email? Check your spam folder, or{' '}
        <a className="link" href={retryHref}>
          request another link
        </a>
        .
      </p>
    </SitePage>
  );
}
