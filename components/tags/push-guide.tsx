import { CONSOLE } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';

type PushGuideProps = {
  host: string;
  /** The placeholder `ALIAS` or `NAME` if unknown. */
  alias: string;
  name: string;
};

/** The three commands that push an image. */
export function PushGuide({ host, alias, name }: PushGuideProps) {
  const image = `${host}/${alias}/${name}:latest`;
  return (
    <ol className="flex max-w-2xl list-decimal flex-col gap-3 pl-5 text-ink">
      <li>
        <p className="mb-1">
          Sign in with an access token from{' '}
          <a className="link" href={`${CONSOLE}/tokens`}>
            your console
          </a>{' '}
          as the password and your email address as the username.
        </p>
        <CodeLine code={`docker login ${host}`} label="Copy login command" />
      </li>
      <li>
        <p className="mb-1">Tag a local image.</p>
        <CodeLine code={`docker tag IMAGE ${image}`} label="Copy tag command" />
      </li>
      <li>
        <p className="mb-1">Push the image.</p>
        <CodeLine code={`docker push ${image}`} label="Copy push command" />
      </li>
    </ol>
  );
}
