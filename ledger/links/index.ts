/** `item_link` and its companion: reading, phases, leases and the pairing with a dev item, put together. */
import type { Database } from '../database.js';
import type { Links } from '../ledger.js';
import { createGone } from './gone.js';
import { createHierarchy } from './hierarchy.js';
import { createLeases } from './leases.js';
import { createLive } from './live.js';
import { createPairing } from './pairing.js';
import { createPhases } from './phases.js';
import { createPushing } from './pushing.js';
import { createReading } from './reading.js';
import { createRenaming } from './renaming.js';

export function createLinks(database: Database): Links {
  const reading = createReading(database);
  return {
    ...reading,
    ...createPhases(database, reading),
    ...createLive(database),
    ...createLeases(database),
    ...createPushing(database),
    ...createPairing(database, reading),
    ...createGone(database),
    ...createRenaming(database),
    ...createHierarchy(database),
  };
}
