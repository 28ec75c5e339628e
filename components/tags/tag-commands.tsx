import type { TagView } from '#lib/gallery/tag-queries.ts';
import { CodeLine } from '../ui/code-line.tsx';

type TagCommandsProps = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  /** Without the alias. */
  name: string;
  isPrivate: boolean;
  tag: Pick<TagView, 'tag' | 'digest'>;
};

/** The image's addresses and the lines that scripts need, folded. Also works where buttons can't copy. */
export function TagCommands({ address, name, isPrivate, tag: { tag, digest } }: TagCommandsProps) {
  const service = isPrivate ? 'ecr' : 'ecr-public';
  const lines = [
    { what: 'URI', code: `${address}:${tag}` },
    { what: 'URI by digest', code: `${address}@${digest}` },
    { what: 'docker', code: `docker pull ${address}:${tag}` },
    { what: 'aws', code: `aws ${service} describe-images --repository-name ${name} --image-ids imageTag=${tag}` },
  ];
  return (
    <details>
      <summary className="button button-small w-fit">
        Copy …<span className="sr-only"> addresses of {tag}</span>
      </summary>
      <dl className="mt-2 flex max-w-80 min-w-56 flex-col max-sm:max-w-none gap-2 text-left">
        {lines.map(({ what, code }) => (
          <div key={what}>
            <dt className="text-xs text-muted">{what}</dt>
            <dd>
              <CodeLine code={code} label={`Copy ${what} of ${tag}`} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
