/**
 * Kitemaker has no work items below others. An item whose parent is in an initiative is put under that initiative, too,
 * by a write after the create. Of several initiatives the first one counts.
 */
import type { Hierarchy } from '../../port/capabilities.js';
import { isRefusedById, ToolError } from '../../../domain/errors.js';
import type { DevItemDraft } from '../../../domain/devItem.js';
import type { ReadCall } from '../../port/calls.js';
import type { KitemakerContext } from '../context.js';
import { type Kitemaker, initiativesOf } from '../requests.js';
import type { KitemakerTarget } from '../target.js';

export function hierarchyOf(km: Kitemaker): Hierarchy {
  return {
    async accepts(_target, parent, call) {
      const name = parent.key ?? parent.id;
      try {
        const [initiative] = await initiativesOf(km, parent.id, call);
        return initiative === undefined ? { accepted: false, why: `${name} is in no initiative` } : { accepted: true };
      } catch (error) {
        if (isRefusedById(error) || (error instanceof ToolError && error.kind === 'not-found')) {
          return { accepted: false, why: `Kitemaker shows no work item ${name}` };
        }
        throw error;
      }
    },
  };
}

/** The initiatives that a new item is put under: the target's, and its parent's. Looked up before the create. */
export async function initiativesFor(
  { km, initiatives }: Pick<KitemakerContext, 'km' | 'initiatives'>,
  target: KitemakerTarget,
  draft: DevItemDraft,
  call: ReadCall,
): Promise<readonly string[]> {
  const named = target.initiative === undefined ? [] : [await initiatives.idOf(target.initiative, call)];
  const above = draft.parent === undefined ? [] : (await initiativesOf(km, draft.parent.id, call)).slice(0, 1);
  return [...new Set([...named, ...above])];
}
