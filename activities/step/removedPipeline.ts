/** Items whose pipeline was taken out of the configuration: they pause, and say so in Craft.io (design 7). */
import { readApplied, rememberedPipeline, type RememberedPipeline } from '../../domain/applied.js';
import type { ItemRef } from '../../domain/ids.js';
import { isFinal } from '../../domain/phases.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { Needs } from '../ports.js';
import { wakeChildren } from '../handOver/wakeChildren.js';

export async function pauseForRemoval(
  deps: Needs<'hierarchy' | 'links' | 'log' | 'phases', 'itemSyncs'>,
  item: ItemRef,
): Promise<void> {
  const link = await deps.ledger.links.get(item);
  if (link === null || link.phase === 'paused' || isFinal(link.phase)) return;
  await deps.ledger.phases.patch(item, { pausedFrom: link.phase });
  await deps.ledger.phases.set(item, {
    phase: 'paused',
    blockedBy: 'pipeline-removed',
    lastError: `the pipeline ${item.pipeline} is no longer configured`,
  });
  await wakeChildren(deps, item);
}

/** What `apply` remembers about the pipeline; null when it was never applied. */
export async function remembered(deps: Needs<'connections'>, pipeline: string): Promise<RememberedPipeline | null> {
  return rememberedPipeline(readApplied(await deps.ledger.connections.applied()), pipeline);
}

/** Just enough of a pipeline to write one field of its items; nothing is handed over or followed with it. */
export function pipelineToSaySo(name: string, { source, devTool, progress }: RememberedPipeline): PipelineSettings {
  return {
    name,
    source,
    devTool,
    progress,
    target: null,
    ready: { status: null, types: null, where: [] },
    fields: {},
    lock: null,
    sweepEveryMs: 0,
    driftEveryMs: 0,
    maxNewPerSweep: 0,
    onDevItemDeleted: 'flag',
    settleForMs: 0,
    feedback: 'none',
    alsoHandedOver: false,
    timeZone: 'UTC',
  };
}
