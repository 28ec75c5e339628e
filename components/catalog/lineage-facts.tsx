import type { BaseImage, Lineage } from '#lib/images/lineage/find-lineage.ts';
import { compareLink, repositoryLink } from '../links.ts';
import { countOf, formatCount } from '../ui/format-number.ts';
import { Fact } from '../ui/fact.tsx';

/** What an image is built on, and what is built on it. */
export function LineageFacts({ lineage: { base, dependents, dependentCount } }: { lineage: Lineage }) {
  return (
    <>
      {base && (
        <Fact term="Built on">
          <Base base={base} />
        </Fact>
      )}
      {dependentCount > 0 && (
        <Fact term={`Built on this: ${countOf(dependentCount, 'repository', 'repositories')}`}>
          <ul>
            {dependents.map(({ alias, name }) => (
              <li key={`${alias}/${name}`}>
                <a className="link inline-block min-h-6 wrap-anywhere" href={repositoryLink({ alias, name })}>
                  {alias}/{name}
                </a>
              </li>
            ))}
          </ul>
          {dependentCount > dependents.length && (
            <p className="text-xs text-muted">and {formatCount(dependentCount - dependents.length)} more</p>
          )}
        </Fact>
      )}
    </>
  );
}

function Base({ base: { alias, name, tag, digest, newerTag } }: { base: BaseImage }) {
  const at = { alias, name };
  return (
    <>
      <a
        className="link inline-block min-h-6 font-mono wrap-anywhere"
        href={repositoryLink(at, tag === null ? { digest } : { tag })}
      >
        {alias}/{name}
        {tag === null ? '' : `:${tag}`}
      </a>
      {newerTag !== null && (
        <p className="text-xs">
          <a
            className="link inline-block min-h-6"
            href={compareLink(at, { from: digest, to: newerTag })}
            rel="nofollow"
          >
            Newer base available: <span className="font-mono wrap-anywhere">{newerTag}</span>
          </a>
        </p>
      )}
    </>
  );
}
