import { CopyButton } from '../ui/copy-button.tsx';

const SHOWN_CHARACTERS = 12;

/** A shortened digest that links to its content, or plain text if the content isn't stored here. */
export function DigestLink({ digest, href }: { digest: string; href: string | null }) {
  const hex = digest.slice(digest.indexOf(':') + 1).slice(0, SHOWN_CHARACTERS);
  return (
    <span className="-my-1 inline-flex items-center gap-0.5 whitespace-nowrap">
      {href === null ? (
        <code className="font-mono text-sm" title={digest}>
          {hex}
        </code>
      ) : (
        <a className="link font-mono text-sm" href={href} title={digest}>
          {hex}
        </a>
      )}
      <CopyButton label={`Copy digest ${hex}`} text={digest} />
    </span>
  );
}
