import { CodeLine } from '../ui/code-line.tsx';

type MirrorGuideProps = {
  host: string;
  isPlainHttp: boolean;
  /** The host name of this site that stands for Docker Hub; null: none does. */
  dockerHubHost: string | null;
};

/** How container runtimes are told to ask this site in place of another registry. */
export function MirrorGuide({ host, isPlainHttp, dockerHubHost }: MirrorGuideProps) {
  const scheme = isPlainHttp ? 'http' : 'https';
  const url = `${scheme}://${host}`;
  return (
    <>
      <p>
        A publisher can mirror repositories of other registries, or a whole registry: in the console, under Mirrors.
        Where the operator of this site has such a registry answer for docker.io, runtimes can ask here for every image
        of Docker Hub, by the names that they have there.
      </p>
      <Runtime
        code={`server = "https://registry-1.docker.io"

[host."${url}"]
  capabilities = ["pull", "resolve"]`}
        file="/etc/containerd/certs.d/docker.io/hosts.toml"
        name="containerd"
      >
        It says by itself whose image it wants. The same works for ghcr.io and others, each with a folder of its name.
      </Runtime>
      <Runtime
        code={`{ "registry-mirrors": ["${dockerHubHost === null ? url : `${scheme}://${dockerHubHost}`}"] }`}
        file="/etc/docker/daemon.json"
        name="Docker"
      >
        {dockerHubHost === null
          ? 'For Docker Hub only; restart it afterwards. Docker does not say whose image it wants, so the operator gives this a host name of its own (MIRROR_HOSTS), or has a registry answer for aliases that are unknown here.'
          : 'For Docker Hub only; restart it afterwards.'}
      </Runtime>
      <Runtime
        code={`[[registry]]
prefix = "docker.io"
location = "docker.io"

[[registry.mirror]]
location = "${host}/ALIAS"${isPlainHttp ? '\ninsecure = true' : ''}`}
        file="/etc/containers/registries.conf.d/mirror.conf"
        name="Podman, CRI-O, skopeo"
      >
        ALIAS is that of the registry that mirrors docker.io; this needs nothing from the operator.
      </Runtime>
      <p>
        All of them go to the registry itself when this site does not answer. What is private there stays out of reach
        here, unless the mirror has credentials for it.
      </p>
    </>
  );
}

type RuntimeProps = { name: string; file: string; code: string; children: string };

function Runtime({ name, file, code, children }: RuntimeProps) {
  return (
    <div className="flex flex-col gap-1">
      <h3 className="font-semibold">
        {name}: <code className="font-mono font-normal break-all">{file}</code>
      </h3>
      <CodeLine code={code} label={`Copy the settings of ${name}`} />
      <p className="text-muted">{children}</p>
    </div>
  );
}
