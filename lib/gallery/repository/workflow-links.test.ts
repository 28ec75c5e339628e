import { describe, expect, test } from 'vitest';
import type { Workflow } from '#lib/access/trust/find-workflow.ts';
import { toWorkflowParts } from './workflow-links.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const SHA = '0123456789abcdef0123456789abcdef01234567';

const linksOf = (workflow: Workflow) =>
  Object.fromEntries(Object.entries(toWorkflowParts(workflow)).map(([part, found]) => [part, found?.href]));

test('GitHub', () => {
  const workflow = {
    issuer: GITHUB,
    repository: 'acme/web.js',
    file: 'acme/build/.github/workflows/publish.yml@refs/heads/release/1',
    commit: SHA,
    run: '99',
  };
  expect(toWorkflowParts(workflow).file?.text).toBe(workflow.file);
  expect(linksOf(workflow)).toEqual({
    repository: 'https://github.com/acme/web.js',
    file: 'https://github.com/acme/build/blob/release/1/.github/workflows/publish.yml',
    commit: `https://github.com/acme/web.js/commit/${SHA}`,
    run: 'https://github.com/acme/web.js/actions/runs/99',
  });
  expect(linksOf({ issuer: `${GITHUB}/acme`, repository: 'acme/web' }).repository).toBe('https://github.com/acme/web');
  const pinned = linksOf({ issuer: GITHUB, file: `acme/web/.github/workflows/a.yml@${SHA}` });
  expect(pinned.file).toBe(`https://github.com/acme/web/blob/${SHA}/.github/workflows/a.yml`);
});

test('GitLab', () => {
  const workflow = {
    issuer: 'https://gitlab.com',
    repository: 'acme/team/web',
    file: 'gitlab.com/acme/team/web//ci/publish.yml@refs/tags/v1.2',
    commit: SHA,
    run: '7',
  };
  expect(linksOf(workflow)).toEqual({
    repository: 'https://gitlab.com/acme/team/web',
    file: 'https://gitlab.com/acme/team/web/-/blob/v1.2/ci/publish.yml',
    commit: `https://gitlab.com/acme/team/web/-/commit/${SHA}`,
    run: 'https://gitlab.com/acme/team/web/-/pipelines/7',
  });
});

describe('no links', () => {
  test.each([
    `${GITHUB}.evil.example`,
    `${GITHUB}/a/b`,
    `${GITHUB}\n`,
    'http://token.actions.githubusercontent.com',
    'https://gitlab.example',
    'https://agent.buildkite.com',
  ])('of the issuer %j', (issuer) => {
    const linked = linksOf({ issuer, repository: 'a/b', commit: SHA, run: '1' });
    expect(linked).toEqual({ repository: null, file: undefined, commit: null, run: null });
  });

  test.each([
    'https://evil.example',
    'javascript:alert(1)',
    'a/..',
    '../a',
    './a',
    'a/b/c',
    'a//b',
    '/a/b',
    '@evil.example/a',
    'a/b?c',
    'a/b#c',
    'a/b%2e',
    'a\\b/c',
    'a/b\n',
    'a',
    '',
  ])('for the repository %j at GitHub', (repository) => {
    const linked = linksOf({ issuer: GITHUB, repository, commit: SHA, run: '1' });
    expect(linked).toEqual({ repository: null, file: undefined, commit: null, run: null });
  });

  test.each([
    'acme/web/.github/workflows/../../x@refs/heads/main',
    'acme/web/.github/workflows/a.yml@refs/heads/../x',
    'acme/web/.github/workflows/a.yml@refs/pull/1/merge',
    'acme/web/.github/workflows/a.yml@refs/heads/main?x',
    'acme/../.github/workflows/a.yml@refs/heads/main',
    'https://evil.example/.github/workflows/a.yml@refs/heads/main',
    'acme/web/.github/workflows/a.yml',
  ])('for the file %j', (file) => expect(linksOf({ issuer: GITHUB, file }).file).toBeNull());

  test.each(['gitlab.com/a/b//../x@refs/heads/main', 'gitlab.com/a/../b//x@refs/heads/main', 'evil.example/a/b//x@x'])(
    'for the file %j at GitLab',
    (file) => expect(linksOf({ issuer: 'https://gitlab.com', file }).file).toBeNull(),
  );

  test('for what isn’t a commit or run', () => {
    const workflow = { issuer: GITHUB, repository: 'a/b', commit: '../x', run: '1/../2' };
    expect(linksOf(workflow)).toMatchObject({ commit: null, run: null });
  });
});
