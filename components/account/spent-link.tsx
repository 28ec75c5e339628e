/** For a mailed link that no longer works. */
export function SpentLink({ retryHref }: { retryHref: string }) {
  return (
    <p className="text-muted">
      This link was already used or has expired.{' '}
      <a className="link" href={retryHref}>
        Get a new link
      </a>
    </p>
  );
}
