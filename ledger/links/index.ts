/** `item_link` and its companions: one object for each interface of `links.ts`, all over one pool. */
import type { Database } from '../database.js';
import { createGone } from './gone.js';
import { createGoneInCraft } from './goneInCraft.js';
import { createHierarchy } from './hierarchy.js';
import { createLeases } from './leases.js';
import type { LinkLedgers } from './links.js';
import { createLive } from './live.js';
import { createPairings } from './pairings.js';
import { createPhases } from './phases.js';
import { createPushes } from './pushes.js';
import { createReading } from './reading.js';
import { createRenaming } from './renaming.js';

export function createLinks(database: Database): LinkLedgers {
  const reading = createReading(database);
  return {
    links: reading,
    phases: createPhases(database, reading),
    leases: createLeases(database),
    pushes: createPushes(database),
    pairings: createPairings(database, reading),
    live: createLive(database),
    gone: createGone(database),
    goneInCraft: createGoneInCraft(database),
    hierarchy: createHierarchy(database),
    renaming: createRenaming(database),
  };
}
