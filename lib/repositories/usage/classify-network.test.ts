import { expect, test } from 'vitest';
import { createNetworkClassifier } from './classify-network.ts';

const classify = createNetworkClassifier({
  usageNetworks: { site: ['127.0.0.0/8', '10.1.0.0/16'], otherSites: ['198.51.100.0/24', '10.2.0.0/16'] },
});

test.each([
  ['127.0.0.1', 'site'],
  ['10.1.2.3', 'site'],
  ['::ffff:10.1.2.3', 'site'],
  ['10.2.0.1', 'other_site'],
  ['198.51.100.7', 'other_site'],
  ['10.3.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['fd00::1', 'private'],
  ['fe80::1%eth0', 'private'],
  ['100.64.0.1', 'private'],
  ['93.184.216.34', 'internet'],
  ['2606:2800:220:1::1', 'internet'],
  ['nonsense', 'internet'],
  [null, 'internet'],
])('%s counts as %s', (address, network) => {
  expect(classify(address)).toBe(network);
  // From memory.
  expect(classify(address)).toBe(network);
});
