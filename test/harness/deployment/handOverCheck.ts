/**
 * The checker of fault tests: reads only what the sandbox holds and the ledger, and says where the invariants are
 * broken (design 10, I1 and I2). An empty list is a pass.
 */
import type { ItemLink } from '../../../domain/link.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import type { TestDeployment } from './deployment.js';

export interface HandOverFacts {
  /** Dev items that carry a marker of craftsync. */
  readonly devItems: number;
  /** Craft items with more than one dev item of the same generation. */
  readonly duplicates: readonly string[];
  readonly links: readonly ItemLink[];
  readonly locked: number;
  /** Broken invariants, in words. */
  readonly broken: readonly string[];
}

const MARKER = /^craftsync:([a-z0-9-]+)\/(\d+)\/(\d+)$/m;

/** A dev item outside of the sandbox, with the text that contains its marker. */
export interface DevItemElsewhere {
  readonly id: string;
  readonly description: string;
}

/** Marker → ids of the dev items that carry it, in all tools. */
function markersIn(sandbox: Sandbox, elsewhere: readonly DevItemElsewhere[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const cards = sandbox.world.toolList().flatMap(({ side }) => side.cards());
  // A tool may show the marker as the key of its cards: Craftnote's order number.
  const shown = cards.map(({ id, key, description }) => ({ id, description: `${key}\n${description}` }));
  for (const item of [...shown, ...elsewhere]) {
    const marker = MARKER.exec(item.description)?.[0];
    if (marker !== undefined) found.set(marker, [...(found.get(marker) ?? []), item.id]);
  }
  return found;
}

export function isLocked(sandbox: Sandbox, craftItemId: string): boolean {
  const { craft } = sandbox.world;
  const item = craft.items.get(craftItemId);
  if (item === undefined) return false;
  const status = craft.statuses.get(item.statusId ?? '')?.name;
  return craft.valueOf(item, 'dev_lock') === 'View only' && status === 'In Development';
}

/** How many items are ready in Craft.io now. */
export function readyCount({ sandbox }: TestDeployment): number {
  const { craft } = sandbox.world;
  const ready = craft.statusNamed('Ready for Development')?.id;
  return [...craft.items.values()].filter((item) => item.statusId === ready).length;
}

export async function handOverFacts(
  { sandbox, ledger }: TestDeployment,
  elsewhere: readonly DevItemElsewhere[] = [],
): Promise<HandOverFacts> {
  const markers = markersIn(sandbox, elsewhere);
  const links = await ledger.links.list({});
  const byDevItem = new Map(links.map((link) => [link.devItemId, link]));
  const broken: string[] = [];
  const duplicates = [...markers].filter(([, ids]) => ids.length > 1).map(([marker]) => marker);
  for (const marker of duplicates) broken.push(`I1: ${marker} is carried by ${markers.get(marker)?.join(', ') ?? ''}`);
  for (const [marker, ids] of markers) {
    for (const id of ids) if (!byDevItem.has(id)) broken.push(`I2: ${id} (${marker}) is linked to nothing`);
  }
  let locked = 0;
  for (const link of links) {
    if (isLocked(sandbox, link.craftItemId)) locked += 1;
    else if (link.phase === 'following')
      broken.push(`I2: ${link.craftShortId ?? link.craftItemId} is followed, not locked`);
  }
  return { devItems: [...markers.values()].flat().length, duplicates, links, locked, broken };
}
