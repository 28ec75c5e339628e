// Takes every command that pages offer for copying from the pages and runs it with its tool.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildArtifact, buildChart, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findProgram } from '../find-program.ts';
import { BASE_URL, createPublisher, HOST, missing, withFolder, type Publisher } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { containerdAbsent, startContainerd, type Containerd } from './containerd.ts';
import { dockerAbsent, startDocker, type Docker } from './docker-daemon.ts';
import { findGoTool } from './go-tools.ts';
import { buildSampleImage } from './sample-image.ts';

const [helm, oras, cosign] = [await findGoTool('helm'), await findGoTool('oras'), await findGoTool('cosign')];

/**
 * Why a tool can't be run here, or null. A tool that is missing in this table would be offered untested, so it fails.
 */
const ABSENT: Record<string, string | null> = {
  docker: dockerAbsent(),
  podman: missing('podman'),
  nerdctl: missing('nerdctl'),
  ctr: containerdAbsent(),
  skopeo: missing('skopeo'),
  helm: helm.absent,
  oras: oras.absent,
  cosign: cosign.absent,
  notation: missing('notation'),
};

const CHART_VERSION = '100.2.0+up40.1.2';
const SPDX = 'application/spdx+json';

let publisher: Publisher;
let docker: Docker | undefined;
let containerd: Containerd | undefined;
beforeAll(async () => {
  publisher = await createPublisher();
  if (ABSENT['docker'] === null) {
    docker = await startDocker();
    // podman needs a file where Docker's configuration is set.
    writeFileSync(join(docker.folder, 'config', 'config.json'), '{}');
  }
  if (ABSENT['ctr'] === null) containerd = await startContainerd();
});
afterAll(async () => {
  await docker?.stop();
  await containerd?.stop();
});

async function publish(name: string, manifest: BuiltManifest, tags: string[]): Promise<string> {
  await createDistributionClient(BASE_URL, publisher.secret).push(`${publisher.alias}/${name}`, manifest, tags);
  return `/${publisher.alias}/${name}`;
}

/** Contents of `<code>` elements. */
async function codesOn(path: string): Promise<string[]> {
  const response = await fetch(`${BASE_URL}${path}`);
  expect(response.status, path).toBe(200);
  const codes = [...(await response.text()).matchAll(/<code[^>]*>([^<]+)<\/code>/g)].map(([, code = '']) =>
    decode(code),
  );
  return [...new Set(codes)];
}

/** The codes that begin with the name of a tool. */
async function commandsOn(path: string): Promise<string[]> {
  const tools = new RegExp(`^(?:${Object.keys(ABSENT).join('|')}) `);
  return (await codesOn(path)).filter((code) => tools.test(code));
}

/** Snippets that begin with `start`, one with the tag and one with the digest. */
async function snippetsOn(path: string, start: string): Promise<string[]> {
  const snippets = (await codesOn(path)).filter((code) => code.startsWith(start));
  expect(snippets, start).toHaveLength(2);
  return snippets;
}

function decode(html: string): string {
  return html
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

const toolOf = (command: string) => command.slice(0, command.indexOf(' '));

/** Runs the command in a shell. Each run has an empty folder and storage, so that a pull really transfers. */
async function runCommand(command: string): Promise<string> {
  return withFolder(async (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const storage = `--root ${folder}/root --runroot ${folder}/run --storage-driver vfs`;
    writeFileSync(join(bin, 'podman'), `#!/bin/sh\nexec ${findProgram('podman')} ${storage} "$@"\n`, { mode: 0o755 });
    const paths = [bin, ...[helm.path, oras.path, cosign.path].flatMap((path) => (path ? [dirname(path)] : []))];
    const homes = Object.fromEntries(
      ['CONFIG', 'CACHE', 'DATA'].map((what) => [`HELM_${what}_HOME`, join(folder, what)]),
    );
    const env = {
      HOME: folder,
      PATH: [...paths, process.env['PATH'] ?? ''].join(':'),
      ...homes,
      ...(docker && {
        DOCKER_HOST: `unix://${docker.folder}/docker.sock`,
        DOCKER_CONFIG: join(docker.folder, 'config'),
      }),
      ...(containerd && { CONTAINERD_ADDRESS: containerd.address }),
    };
    return run('sh', ['-c', `cd ${folder} && ${command}`], env);
  });
}

async function expectAllToRun(commands: string[]): Promise<void> {
  for (const command of commands) {
    // Installing needs a cluster. Rendering resolves and reads the same chart.
    if (ABSENT[toolOf(command)] === null) await runCommand(command.replace(/^helm install /, 'helm template '));
  }
}

const absentTools = Object.entries(ABSENT).filter(([, why]) => why !== null);
const title = (text: string) => {
  const reasons = absentTools.map(([tool, why]) => `${tool}: ${why}`).join('; ');
  return reasons === '' ? text : `${text} (without ${reasons})`;
};

describe('commands offered for copying', () => {
  test(title('pull an image by tag and by digest'), async () => {
    const page = await publish('tools/image', await buildSampleImage(), ['1.0']);
    const commands = await commandsOn(page);
    expect(commands.map(toolOf)).toEqual(
      ['docker', 'podman', 'nerdctl', 'ctr', 'skopeo'].flatMap((tool) => [tool, tool]),
    );
    await expectAllToRun(commands);
    await expectAllToRun(await commandsOn(`${page}/-/tags/1.0`));
  });

  test.skipIf(missing('podman'))('build on an image with its Dockerfile line', async () => {
    const page = await publish('tools/base', await buildSampleImage(), ['1.0']);
    for (const from of await snippetsOn(page, 'FROM ')) {
      await runCommand(
        `printf '%s\\nLABEL a=b\\n' '${from}' | podman build --tls-verify=false --isolation chroot -f - .`,
      );
    }
  });

  test.skipIf(missing('terraform'))('Terraform accepts the form of its snippets', async () => {
    const image = await publish('tools/formed', await buildSampleImage(), ['1.0']);
    const chart = await buildChart({ name: 'formed', version: '1.0.0', description: 'A chart', files: [] });
    const snippets = [
      ...(await snippetsOn(image, 'terraform {')),
      ...(await snippetsOn(await publish('charts/formed', chart, ['1.0.0']), 'resource "helm_release"')),
    ];
    // Reads, parses and compares with the canonical form. Applying would download providers.
    for (const snippet of snippets) await runCommand(`printf '%s\\n' '${snippet}' | terraform fmt -check -`);
  });

  test.each([
    ['a version with a plus sign', CHART_VERSION.replace('+', '_')],
    ['a version', '1.2.3'],
    ['a tag other than a version', 'latest'],
  ])(title('pull a chart under %s'), async (_what, tag) => {
    const version = tag === 'latest' ? '9.9.9' : tag.replace('_', '+');
    const chart = await buildChart({ name: 'monitor', version, description: 'Watches things', files: [] });
    const page = await publish(`charts-${tag.replace(/\W|_/g, '-')}/monitor`, chart, [tag]);
    const commands = await commandsOn(page);
    expect([...new Set(commands.map(toolOf))]).toEqual(['helm', 'oras', 'skopeo']);
    await expectAllToRun(commands);
    if (tag.includes('_')) expect(commands[0]).toMatch(/--version 100\.2\.0\+up40\.1\.2$/);
  });

  test(title('pull an artifact and find the attachments of an image'), async () => {
    const file = { name: 'rules.json', mediaType: 'application/json', content: '{}' };
    const artifact = buildArtifact({ artifactType: 'application/vnd.example.rules', file });
    await expectAllToRun(await commandsOn(await publish('rules', artifact, ['v1'])));
    const image = await buildSampleImage();
    const page = await publish('attached', image, ['1.0']);
    const sbom = { name: 'sbom.json', mediaType: SPDX, content: '{"spdxVersion":"SPDX-2.3"}' };
    const attached = buildArtifact({ artifactType: SPDX, file: sbom, subject: image });
    await publish('attached', attached, []);
    const own = await commandsOn(`${page}/-/digests/${attached.digest}`);
    expect(own.filter((command) => /^(?:docker|podman|nerdctl|ctr) (?:images )?pull/.test(command))).toEqual([]);
    expect(own.map(toolOf)).toContain('oras');
    await expectAllToRun(own.filter((command) => /^(?:oras|skopeo) /.test(command)));
    const checks = [...new Set([...(await commandsOn(`${page}/-/security`)), ...own])];
    const discover = checks.find((command) => command.startsWith('oras discover'));
    expect(discover).toBeDefined();
    if (oras.absent === null) expect(await runCommand(discover ?? '')).toContain(SPDX);
    const ofCosign = checks.filter((command) => toolOf(command) === 'cosign');
    const isDownload = (command: string) => command.startsWith('cosign download ');
    if (cosign.absent === null) await expectAllToRun(ofCosign.filter(isDownload));
    // The image isn't signed, and cosign may not reach Sigstore's keys. But it must accept the command and its options.
    const verify = ofCosign.filter((command) => !isDownload(command));
    expect(verify.length).toBeGreaterThan(0);
    for (const command of cosign.absent === null ? verify : []) {
      const failure = await runCommand(command).catch((error: unknown) => String(error));
      expect(failure).toContain('error during command execution');
      expect(failure).not.toMatch(/unknown (?:shorthand )?(?:flag|command)|requires at least|accepts \d/i);
    }
  });

  test.skipIf(ABSENT['docker'])(title('push an image as documented'), async () => {
    const commands = (await commandsOn('/docs')).map((command) =>
      command.replace('ALIAS/NAME', `${publisher.alias}/pushed`).replace('IMAGE', 'scratch-image'),
    );
    expect(commands.map((command) => command.split(' ').slice(0, 2).join(' '))).toEqual([
      'docker pull',
      'docker login',
      'docker tag',
      'docker push',
    ]);
    const [pull = '', login = '', ...push] = commands;
    await runCommand('mkdir empty && tar -c empty | docker import - scratch-image');
    // What a user types at the prompts.
    await runCommand(`printf %s '${publisher.secret}' | ${login} --username token --password-stdin`);
    for (const command of push) await runCommand(command);
    await runCommand(`docker logout ${HOST}`);
    await runCommand(pull);
  });
});
