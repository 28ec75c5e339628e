import { CodeLine } from '../ui/code-line.tsx';

type MirrorGuideProps = {
  host: string;
  isPlainHttp: boolean;
  /** The host name that mirrors Docker Hub, if configured. */
  dockerHubHost: string | null;
};

/** Explains how to configure container runtimes to use this site as a mirror. */
export function MirrorGuide({ host, isPlainHttp, dockerHubHost }: MirrorGuideProps) {
  const scheme = isPlainHttp ? 'http' : 'https';
  const url = `${scheme}://${host}`;
  return (
    <>
      <p>
        Publishers can mirror repositories or whole registries in the console, under Mirrors. If the operator has set up
        a mirror of docker.io, container runtimes can pull every Docker Hub image from here by its original name.
      </p>
      <Runtime
        code={`server = "https://registry-1.docker.io"

[host."${url}"]
  capabilities = ["pull", "resolve"]`}
        file="/etc/containerd/certs.d/docker.io/hosts.toml"
        name="containerd"
      >
        containerd names the registry it wants. The same works for ghcr.io and others, each with a folder of its name.
      </Runtime>
      <Runtime
        code={`{ "registry-mirrors": ["${dockerHubHost === null ? url : `${scheme}://${dockerHubHost}`}"] }`}
        file="/etc/docker/daemon.json"
        name="Docker"
      >
        {dockerHubHost === null
          ? 'For Docker Hub only. Restart Docker afterwards. Docker doesn’t name the registry it wants, so the operator must set up a host name for it (MIRROR_HOSTS) or a registry for unknown aliases.'
          : 'For Docker Hub only. Restart Docker afterwards.'}
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
        ALIAS is the alias of the registry that mirrors docker.io. The operator doesn’t need to set anything up.
      </Runtime>
      <p>
        All of them fall back to the original registry when this site doesn’t respond. Private images aren’t available
        here unless the mirror has credentials for them.
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
      <CodeLine code={code} label={`Copy ${name} settings`} />
      <p className="text-muted">{children}</p>
    </div>
  );
}
