// Requests and reports of the demo.

/** The registry whose private repository admins may look at. */
export const PRIVATE_FOR_ADMINS = 'lanternworks';

export const DEMO_REQUESTS = [
  {
    alias: 'copperkettle',
    name: 'kettle-labs',
    purpose:
      'Demo request: our projects moved to the name Kettle Labs this autumn. We would like the same name here, and keep copperkettle for old links.',
    links: ['https://copperkettle.example/blog/a-new-name'],
    hoursAgo: 5,
  },
  {
    alias: 'brasslab',
    name: 'brass-runners',
    purpose:
      'Demo request: our runner images get a team of their own. They should be pulled as brass-runners/linux and brass-runners/arm.',
    links: ['https://brasslab.example/runners', 'https://code.brasslab.example/brasslab/ci-runner'],
    hoursAgo: 51,
  },
];

export const DEMO_REPORTS = [
  {
    target: 'copperkettle/blockgarden',
    reason: 'copyright',
    text: 'Demo report: the image contains textures that look like those of another game. Please check whether they may be distributed.',
    email: 'visitor@demo.vitrine.localhost',
    hoursAgo: 9,
  },
  {
    target: 'brasslab/nightly',
    reason: 'secrets',
    text: 'Demo report: etc/runner/config.toml in the tag 2026-11-26 contains a deploy key. It should be revoked.',
    email: null,
    hoursAgo: 32,
  },
];
