import { expect, test } from 'vitest';
import { findBaseSystem } from './base-system.ts';

const BASE = 'org.opencontainers.image.base.name';

test.each([
  ['its base image', { [BASE]: 'docker.io/library/debian:bookworm-slim' }, [], 'debian'],
  ['a variant of another image', { [BASE]: 'docker.io/library/node:22-alpine' }, [], 'alpine'],
  ['Red Hat', { name: 'ubi9/ubi-minimal' }, [], 'rhel'],
  ['a label of its base image', { 'org.opencontainers.image.ref.name': 'ubuntu' }, [], 'ubuntu'],
  [
    'the first step of its build',
    {},
    ['ADD alpine-minirootfs-3.22.1-x86_64.tar.gz / # buildkit', 'CMD ["sh"]'],
    'alpine',
  ],
  ['Debian by its build', {}, ["# debian.sh --arch 'amd64' out/ 'trixie' '@1'", 'RUN apt-get install x'], 'debian'],
  ['nothing', {}, ['COPY app /app'], null],
  ['an unknown base', { [BASE]: 'example.org/private/base' }, [], null],
])('is told by %s', (_what, properties, history, name) => {
  expect(findBaseSystem(properties, history)).toBe(name);
});
