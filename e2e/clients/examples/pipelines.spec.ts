// The pipelines of deploy/examples: their scripts run as a runner would run them.
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildHelloBinary } from '#lib/testing/images/hello-binary.ts';
import { HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { startWorkflow, type StartedWorkflow } from '../../start-workflow.ts';
import { dockerAbsent, startDocker, type Docker } from '../docker-daemon.ts';
import { readExample } from './read-example.ts';

const absent = dockerAbsent() ?? missing('bash', 'curl', 'jq');
const buildahAbsent = absent ?? missing('buildah');
const title = (text: string, reason: string | null) => (reason ? `${text} (skipped: ${reason})` : text);

let daemon: Docker;
let workflow: StartedWorkflow;
beforeAll(async () => {
  if (absent) return;
  [daemon, workflow] = await Promise.all([startDocker(), startWorkflow()]);
  await workflow.call('POST', '/repositories', { fullName: `${workflow.alias}/app`, visibility: 'public' });
  await workflow.call('PATCH', `/registries/${workflow.registryId}/roles/publish`, { acceptsTokenLogin: true });
});
afterAll(async () => {
  if (absent) return;
  await workflow.close();
  await daemon.stop();
});

/** Runs a script in a checkout that has a Dockerfile. */
async function runScript(script: string, env: Record<string, string>, programs: Record<string, string> = {}) {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\nENTRYPOINT ["/hello"]\n');
    writeFileSync(join(folder, 'hello'), buildHelloBinary('amd64', 'hello from a pipeline'), { mode: 0o755 });
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const path = { PATH: `${folder}:${process.env.PATH}` };
    await run('bash', ['-euo', 'pipefail', '-c', `cd ${folder}\n${script}`], { ...daemon.env, ...env, ...path });
  });
}

/** The environment that a file states, without what only its service could fill in. */
const statedIn = (env: Record<string, string>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => !value.includes('${{')));

async function expectPushed(tag: string): Promise<void> {
  const answer = await fetch(`http://${HOST}/v2/${workflow.alias}/app/manifests/${tag}`);
  expect(answer.status).toBe(200);
}

type GitHub = { env: Record<string, string>; jobs: { publish: { steps: { run?: string }[] } } };

test.skipIf(absent)(title('GitHub Actions', absent), async () => {
  const { env, jobs } = parse(readExample('github-actions.yml', workflow)) as GitHub;
  const asked: (string | undefined)[] = [];
  const issuer = createServer((req, res) => {
    asked.push(req.headers.authorization, req.url);
    void workflow.sign().then((value) => res.end(JSON.stringify({ value })));
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  try {
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token?api-version=2`;
    await runScript(jobs.publish.steps.map(({ run: script = '' }) => script).join('\n'), {
      ...statedIn(env),
      GITHUB_REF_NAME: 'github',
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    });
  } finally {
    issuer.close();
  }
  expect(asked).toEqual(['Bearer of-the-job', `/token?api-version=2&audience=${HOST}`]);
  await expectPushed('github');
});

type GitLab = { publish: { variables: Record<string, string>; script: string[] } };

test.skipIf(absent)(title('GitLab', absent), async () => {
  const { publish } = parse(readExample('gitlab-ci.yml', workflow)) as GitLab;
  await runScript(publish.script.join('\n'), {
    ...publish.variables,
    REGISTRY_TOKEN: await workflow.sign(),
    CI_COMMIT_TAG: 'gitlab',
  });
  await expectPushed('gitlab');
});

test.skipIf(absent)(title('Buildkite', absent), async () => {
  const { env, steps } = parse(readExample('buildkite.yml', workflow)) as {
    env: Record<string, string>;
    steps: { command: string }[];
  };
  // Buildkite itself replaces single dollar signs. Its agent can't be had here.
  const script = (steps[0]?.command ?? '').replaceAll('$$', '$');
  const agent = `[ "$*" = "oidc request-token --audience ${HOST}" ] && echo ${await workflow.sign()}`;
  await runScript(script, { ...env, BUILDKITE_BUILD_NUMBER: 'buildkite' }, { 'buildkite-agent': agent });
  await expectPushed('buildkite');
});

test.skipIf(absent)(title('Jenkins', absent), async () => {
  const text = readExample('Jenkinsfile', workflow);
  const env = Object.fromEntries(
    [...text.matchAll(/^ {4}(\w+) = '(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const scripts = [/sh '''([^]*?)'''/, /sh '(docker logout .*)'/].map((pattern) => pattern.exec(text)?.[1] ?? '');
  await runScript(scripts.join('\n'), { ...env, REGISTRY_TOKEN: workflow.secret, BUILD_NUMBER: 'jenkins' });
  await expectPushed('jenkins');
});

type Tekton = { spec: { params: { name: string; default?: string }[]; steps: { script: string }[] } };

test.skipIf(buildahAbsent)(title('Tekton', buildahAbsent), async () => {
  const { spec } = parse(readExample('tekton.yaml', workflow)) as Tekton;
  const params = new Map(spec.params.map(({ name, default: value }) => [name, value ?? 'tekton']));
  const script = (spec.steps[0]?.script ?? '').replace(
    /\$\(params\.(\w+)\)/g,
    (_, name: string) => params.get(name) ?? '',
  );
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'registries.conf'), `[[registry]]\nlocation = "${HOST}"\ninsecure = true\n`);
    writeFileSync(join(folder, 'policy.json'), '{"default": [{"type": "insecureAcceptAnything"}]}');
    const stores = [`graphroot = "${folder}/root"`, `runroot = "${folder}/run"`];
    writeFileSync(join(folder, 'storage.conf'), `[storage]\ndriver = "vfs"\n${stores.join('\n')}\n`);
    await runScript(script, {
      REGISTRY_TOKEN: workflow.secret,
      CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
      CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
      BUILDAH_ISOLATION: 'chroot',
    });
  });
  await expectPushed('tekton');
});
