/** Items whose pipeline was taken out of the configuration: they pause, and say so in Craft.io (design 7). */
import { readApplied, rememberedPipeline, type RememberedPipeline } from '../../domain/applied.js';
import type { ItemRef } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import { isFinal } from '../../domain/phases.js';
import type { PipelineSettings } from '../../domain/settings.js';
import type { Needs } from '../ports.js';
import { changePhase, type OutsideChange } from './changePhase.js';
import { wakeChildren } from '../handOver/wakeChildren.js';

export async function pauseForRemoval(
  deps: Needs<'hierarchy' | 'links' | 'log' | 'phases', 'itemSyncs'>,
  item: ItemRef,
): Promise<void> {
  const lastError = `the pipeline ${item.pipeline} is no longer configured`;
  const pause = ({ phase }: ItemLink): OutsideChange | null =>
    phase === 'paused' || isFinal(phase)
      ? null
      : { phase: 'paused', blockedBy: 'pipeline-removed', lastError, pausedFrom: phase };
  if ((await changePhase(deps, item, pause, { again: true })) !== null) await wakeChildren(deps, item);
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
