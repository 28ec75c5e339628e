import { expect, test } from 'vitest';
import { canonicalHost, servingHost, upstreamRepository } from './docker-hub.ts';

test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'docker.io:443', 'index.docker.io:443'])(
  '%s is Docker Hub',
  (host) => {
    expect(canonicalHost(host)).toBe('docker.io');
    expect(servingHost(host)).toBe('registry-1.docker.io');
    expect(upstreamRepository(host, 'alpine')).toBe('library/alpine');
    expect(upstreamRepository(host, 'grafana/grafana')).toBe('grafana/grafana');
  },
);

test.each(['ghcr.io', 'auth.docker.io', 'docker.io:5000', 'docker.io.example', 'xdocker.io', '127.0.0.1:5000'])(
  '%s is itself',
  (host) => {
    expect(canonicalHost(host)).toBe(host);
    expect(servingHost(host)).toBe(host);
    expect(upstreamRepository(host, 'alpine')).toBe('alpine');
  },
);
