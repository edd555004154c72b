/** Links a dev item with its Craft item, under the lease by which it was created or found (design 3, createDevItem). */
import type { DevItem } from '../../domain/devItem.js';
import type { LogLine, Written } from '../../ledger/ledger.js';
import { logStep, type ItemContext } from '../step/itemContext.js';
import { block } from '../step/step.js';

/**
 * The row, with `line` in the log. A dev item that another Craft item holds blocks this one. A late answer under an
 * older token is logged and flagged.
 */
export async function storeDevItem(
  ctx: ItemContext,
  token: string,
  devItem: DevItem,
  line: LogLine,
): Promise<Written | 'not-stored'> {
  const { pairings, phases } = ctx.deps.ledger;
  const stored = await pairings.storeDevItem(ctx.item, token, devItem, line);
  switch (stored.status) {
    case 'stored':
      return stored;
    case 'held':
      await block(
        ctx,
        'duplicate',
        `${devItem.key ?? devItem.id} is already linked to ${stored.by.pipeline}/${stored.by.craftItemId}`,
      );
      return 'not-stored';
    case 'superseded':
      await logStep(ctx.deps, ctx.item, 'late-answer', `${devItem.key ?? devItem.id} was created under an older lease`);
      if (stored.link.devItemId === null) await rememberFor(ctx, devItem);
      else if (stored.link.devItemId !== devItem.id) {
        const all = [...new Set([...stored.link.duplicateDevItems, devItem.id])];
        await phases.patch(ctx.item, { duplicate: true, duplicateDevItems: all });
      }
      return 'not-stored';
  }
}

/** The row is older than the create if the ledger was put back meanwhile: then it gets the create as an open one. */
async function rememberFor(ctx: ItemContext, devItem: DevItem): Promise<void> {
  const { continuity } = ctx.deps.ledger;
  const { generation } = ctx.link;
  const known = { devTool: ctx.pipeline.devTool, generation, marked: [devItem.id], linked: [] };
  await continuity.remember(ctx.item, known);
  await continuity.recall(ctx.item);
}
