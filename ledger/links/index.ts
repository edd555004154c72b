/** `item_link` and its companions: one object for each interface of `links.ts`, all over one pool. */
import type { Database } from '../database.js';
import { createGone } from './gone.js';
import { createHierarchy } from './hierarchy.js';
import { createLeases } from './leases.js';
import type { LinkLedgers } from './links.js';
import { createLive } from './live.js';
import { createPairing } from './pairing.js';
import { createPhases } from './phases.js';
import { createPushing } from './pushing.js';
import { createReading } from './reading.js';
import { createRenaming } from './renaming.js';

export function createLinks(database: Database): LinkLedgers {
  const reading = createReading(database);
  return {
    links: reading,
    phases: createPhases(database, reading),
    leases: createLeases(database),
    pushes: createPushing(database),
    pairings: createPairing(database, reading),
    live: createLive(database),
    gone: createGone(database),
    hierarchy: createHierarchy(database),
    renaming: createRenaming(database),
  };
}
