import { toVisibleText } from '#lib/oci/visible-text.ts';

const MAX_LENGTH = 200;

/** A link that a stranger wrote, to another site. Shows where it leads. */
export function OutwardLink({ href }: { href: string }) {
  return (
    <a className="link wrap-anywhere" href={href} rel="nofollow ugc noopener noreferrer">
      {toVisibleText(href.replace(/^https?:\/\/(?:www\.)?/, '').replace(/\/$/, ''), MAX_LENGTH)}
    </a>
  );
}
