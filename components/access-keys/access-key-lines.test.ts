import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { dockerLoginLine, environmentLines } from './access-key-lines.ts';

const ADDRESS = { endpoint: 'https://registry.example.org', host: 'registry.example.org', region: 'eu-central-1' };

test('a shell reads the variables back as they are', () => {
  const key = { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: "a/b+c=' $(id)" };
  const script = `${environmentLines(key, ADDRESS)}\nprintf '%s|%s' "$AWS_SECRET_ACCESS_KEY" "$AWS_ENDPOINT_URL_STS"`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
    `${key.secretAccessKey}|${ADDRESS.endpoint}`,
  );
});

test('the login names the endpoint and the host of image names', () => {
  expect(dockerLoginLine(ADDRESS)).toBe(
    'aws ecr get-login-password --endpoint-url https://registry.example.org | docker login -u AWS --password-stdin registry.example.org',
  );
});
