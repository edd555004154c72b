/** Ready items for the teams that `craftItems.ts` leaves out, for a sandbox that feeds several tools. */
import { act } from '../people/act.js';
import type { World } from '../world/world.js';
import { READY } from './craftItems.js';

interface TeamItem {
  readonly team: 'web' | 'branches' | 'core';
  readonly status: string;
  readonly title: string;
  readonly description: string;
  readonly effort: number;
}

const ITEMS: readonly TeamItem[] = [
  {
    team: 'web',
    status: READY,
    title: 'Statements as a table that sorts',
    description: 'Columns for **date**, payee and amount; the choice is remembered.\n\n1. sorts\n2. filters\n3. prints',
    effort: 2,
  },
  {
    team: 'web',
    status: READY,
    title: 'Sign in with a passkey',
    description:
      '<p>A passkey instead of a password, on every browser that has them.</p><ul><li>fall back to a code</li></ul>',
    effort: 3,
  },
  {
    team: 'web',
    status: 'In Definition',
    title: 'Dark pages at night',
    description: 'Follows the system, can be set by hand.',
    effort: 1,
  },
  {
    team: 'branches',
    status: READY,
    title: 'New counter in Lindenau',
    description: 'Two desks, one room for talks; the old counter goes to the archive.',
    effort: 3,
  },
  {
    team: 'branches',
    status: READY,
    title: 'Card printer for the Hafen branch',
    description: 'Cards are printed while the customer waits; replaces the courier.',
    effort: 2,
  },
  {
    team: 'core',
    status: READY,
    title: 'Instant payments clear in ten seconds',
    description: 'From receipt to booking at most ten seconds, measured at the gateway.',
    effort: 3,
  },
  {
    team: 'core',
    status: READY,
    title: 'Interest is booked daily',
    description: 'A job each night; a failed night is caught up by the next one.',
    effort: 2,
  },
  {
    team: 'core',
    status: 'In Definition',
    title: 'Limits for each counterparty',
    description: 'Checked before a payment leaves; a breach is shown to treasury.',
    effort: 3,
  },
];

/** Adds the items that the world does not have yet. */
export function seedEveryTeam(world: World): void {
  const titles = new Set([...world.craft.items.values()].map(({ title }) => title));
  for (const { team, status, title, description, effort } of ITEMS) {
    if (titles.has(title)) continue;
    const edit = { title, description, status, effort, customFields: { team } };
    act(world, { as: 'product-manager', action: 'create', edit });
  }
}
