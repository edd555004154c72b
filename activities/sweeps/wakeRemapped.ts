/**
 * Keeps Craft.io true to the mapping (design 4, A changed mapping). `apply` wakes what a changed mapping concerns, but
 * a worker that had not read the change yet may have written by the old one, even after that. So each progress sweep
 * compares what was written with what is configured, in the ledger alone.
 */
import { cancellationSignal } from '@temporalio/activity';
import { knownSnapshot } from '../../domain/link.js';
import { isShownOtherwise } from '../../domain/rules/progress.js';
import type { Needs, Wake } from '../ports.js';

/** Of each status in a sweep; the next one takes further ones. */
const MOST_AT_ONCE = 500;

/** Wakes the items of the dev tool that show what another mapping made of their status; how many were signalled. */
export async function wakeRemapped(
  { ledger, current, itemSyncs }: Needs<'live', 'current' | 'itemSyncs'>,
  devTool: string,
): Promise<number> {
  const { settings } = await current();
  const wakes: Wake[] = [];
  for (const { name, progress, devTool: ofPipeline } of Object.values(settings.pipelines)) {
    if (ofPipeline !== devTool || progress === null) continue;
    for (const shown of await ledger.live.shown(name, progress.field)) {
      if (!isShownOtherwise(shown, progress)) continue;
      const links = await ledger.live.shownAs(name, progress.field, { ...shown, limit: MOST_AT_ONCE });
      // What the ledger knows is enough, without a call to the tool.
      wakes.push(...links.map((link) => ({ item: link, changed: 'dev-item' as const, snapshot: knownSnapshot(link) })));
    }
  }
  const failed = await itemSyncs.wake(wakes, { signal: cancellationSignal() });
  return wakes.length - failed.length;
}
