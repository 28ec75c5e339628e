import { CONSOLE } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';

type PushGuideProps = {
  host: string;
  /** `ALIAS` and `NAME` where they are not known yet. */
  alias: string;
  name: string;
};

/** The three lines between an image on a machine and one in the gallery. */
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
          as the password; your e-mail address is the user name.
        </p>
        <CodeLine code={`docker login ${host}`} label="Copy the login command" />
      </li>
      <li>
        <p className="mb-1">Give an image you have its name here.</p>
        <CodeLine code={`docker tag IMAGE ${image}`} label="Copy the tag command" />
      </li>
      <li>
        <p className="mb-1">Push it.</p>
        <CodeLine code={`docker push ${image}`} label="Copy the push command" />
      </li>
    </ol>
  );
}
