/**
 * Everything that is recorded, each under the name of its file. Add an entry where a workflow has a new rest, step or
 * message; the matrix test names what is missing.
 */
import { CONTINUED_ITEMS, ITEM_SITUATIONS } from './items.js';
import { LIVES } from './lives.js';
import type { Situation } from './stage.js';
import { CONTINUED_SITUATIONS, SWEEP_SITUATIONS } from './sweeps.js';

export const SITUATIONS: readonly Situation[] = [
  ...ITEM_SITUATIONS,
  ...CONTINUED_ITEMS,
  ...SWEEP_SITUATIONS,
  ...CONTINUED_SITUATIONS,
  ...LIVES,
];
