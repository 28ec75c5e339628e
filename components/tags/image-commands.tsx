import { CodeLine } from '../ui/code-line.tsx';

type ImageCommandsProps = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  /** Without the alias. */
  name: string;
  isPrivate: boolean;
  /** `tag` is null for an image that is addressed by digest only. */
  image: { tag: string | null; digest: string };
};

/** The image's addresses and the lines that scripts need, folded. Also works where buttons can't copy. */
export function ImageCommands({ address, name, isPrivate, image: { tag, digest } }: ImageCommandsProps) {
  const about = tag ?? digest;
  const uri = tag === null ? `${address}@${digest}` : `${address}:${tag}`;
  const imageId = tag === null ? `imageDigest=${digest}` : `imageTag=${tag}`;
  const service = isPrivate ? 'ecr' : 'ecr-public';
  const lines = [
    { what: 'URI', code: uri },
    ...(tag === null ? [] : [{ what: 'URI by digest', code: `${address}@${digest}` }]),
    { what: 'docker', code: `docker pull ${uri}` },
    { what: 'aws', code: `aws ${service} describe-images --repository-name ${name} --image-ids ${imageId}` },
  ];
  return (
    <details>
      <summary className="button button-small w-fit">
        Copy …<span className="sr-only"> addresses of {about}</span>
      </summary>
      <dl className="mt-2 flex max-w-80 min-w-56 flex-col max-sm:max-w-none gap-2 text-left">
        {lines.map(({ what, code }) => (
          <div key={what}>
            <dt className="text-xs text-muted">{what}</dt>
            <dd>
              <CodeLine code={code} label={`Copy ${what} of ${about}`} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
