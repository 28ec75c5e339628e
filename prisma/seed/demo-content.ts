// The demo gallery: made-up publishers with small but real images. Everything here is plainly marked as demo.
import type { DemoPublisher, DemoRepository } from './demo-types.ts';
import { BRASSLAB } from './publishers/brasslab.ts';
import { COPPERKETTLE } from './publishers/copperkettle.ts';
import { FERNWOOD } from './publishers/fernwood.ts';
import { LANTERNWORKS } from './publishers/lanternworks.ts';
import { NORTHLIGHT } from './publishers/northlight.ts';
import { QUILLBASE } from './publishers/quillbase.ts';
import { STONEBRIDGE } from './publishers/stonebridge.ts';
import { TIDEPOOL } from './publishers/tidepool.ts';

export const DEMO_PUBLISHERS: DemoPublisher[] = [
  LANTERNWORKS,
  TIDEPOOL,
  QUILLBASE,
  BRASSLAB,
  FERNWOOD,
  STONEBRIDGE,
  NORTHLIGHT,
  COPPERKETTLE,
];

/** The repositories that search lists. */
export const PUBLIC_DEMO_REPOSITORIES: DemoRepository[] = DEMO_PUBLISHERS.flatMap(({ repositories }) =>
  repositories.filter(({ isPrivate, quarantineReason }) => !isPrivate && quarantineReason === undefined),
);
