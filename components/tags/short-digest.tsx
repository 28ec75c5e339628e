import { CopyButton } from '../ui/copy-button.tsx';

const SHOWN_CHARACTERS = 12;

/** A shortened digest with a button that copies all of it. */
export function ShortDigest({ digest }: { digest: string }) {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return (
    <span className="inline-flex items-center gap-0.5">
      <code className="font-mono text-sm" title={digest}>
        {hex.slice(0, SHOWN_CHARACTERS)}
      </code>
      <CopyButton label={`Copy digest ${hex.slice(0, SHOWN_CHARACTERS)}`} text={digest} />
    </span>
  );
}
