/** Whether everything that was wanted has come to rest, so that a run need not wait for its time to end. */
import { CLOSED_PHASES, LET_GO_PHASES } from '../../../../domain/phases.js';
import type { ItemLink } from '../../../../domain/link.js';
import type { Stage } from '../actions/stage.js';

const AT_REST: readonly string[] = [...CLOSED_PHASES, ...LET_GO_PHASES, 'paused'];

export async function isSettled(stage: Stage): Promise<boolean> {
  const { deployment } = stage;
  const rows = await deployment.ledger.links.list({ pipeline: 'mobile' }).catch(() => null);
  if (rows === null) return false;
  const { items } = deployment.sandbox.world.craft;
  const ready = deployment.sandbox.world.craft.statusNamed('Ready for Development')?.id;
  const byItem = new Map(rows.map((row) => [row.craftItemId, row]));
  const isTaken = (id: string): boolean => byItem.has(id) || items.get(id)?.statusId !== ready;
  return stage.wanted.every(isTaken) && rows.every((row) => isAtRest(stage, row));
}

function isAtRest(stage: Stage, row: ItemLink): boolean {
  if (AT_REST.includes(row.phase)) return true;
  if (row.phase === 'blocked') return row.blockedBy !== null && row.blockedUntil === null;
  if (row.phase !== 'following' && row.phase !== 'settling') return false;
  if (row.blockedUntil !== null || row.unanswered !== null) return false;
  const card = stage.deployment.sandbox.world.tools.kitemaker.side.card(row.devItemId ?? '');
  if (card === null) return true;
  const { craft } = stage.deployment.sandbox.world;
  const item = craft.items.get(row.craftItemId);
  return item === undefined || craft.valueOf(item, 'dev_status') === mapped(stage.mappings, card.status);
}

/** What Craft.io is to show for the tool's word; `unmapped: keep`. */
function mapped(mappings: Stage['mappings'], status: string): string {
  return mappings.at(-1)?.[status] ?? status;
}
