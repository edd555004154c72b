/**
 * What `apply` stores in the ledger about the configuration that it applied: the next one is compared with it, and the
 * items of a pipeline that was removed can still say so in Craft.io (design 7, Changes of the configuration).
 */
import type { CraftSource } from './craftItem.js';
import type { ProgressRule } from './settings.js';

export interface AppliedPipeline {
  readonly devTool: string;
  /** Canonical JSON of the source, of the target and of the progress rule. */
  readonly source: string;
  readonly target: string;
  readonly progress: string;
}

export interface Applied {
  readonly pipelines: Readonly<Record<string, AppliedPipeline>>;
  readonly devTools: readonly string[];
  /** Pipelines that were removed while they have live items, as they were last. */
  readonly removed: Readonly<Record<string, AppliedPipeline>>;
  /** Absent in what earlier releases stored. */
  readonly intakes?: readonly string[];
}

/** Reads what the ledger gave back; null if nothing was applied yet, or its shape is no longer known. */
export function readApplied(stored: Readonly<Record<string, unknown>> | null): Applied | null {
  const pipelines = stored?.['pipelines'];
  const removed = stored?.['removed'] ?? {};
  const devTools = stored?.['devTools'];
  if (!arePipelines(pipelines) || !arePipelines(removed) || !Array.isArray(devTools)) return null;
  const intakes = stored?.['intakes'];
  const known = Array.isArray(intakes) ? { intakes: intakes as string[] } : {};
  return { pipelines, devTools: devTools as string[], removed, ...known };
}

function arePipelines(value: unknown): value is Record<string, AppliedPipeline> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isAppliedPipeline);
}

function isAppliedPipeline(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['devTool', 'source', 'target', 'progress'].every(
    (key) => typeof (value as Record<string, unknown>)[key] === 'string',
  );
}

/** Where the items of a removed pipeline are, and into which fields their progress and state go. */
export interface RememberedPipeline {
  readonly devTool: string;
  readonly source: CraftSource;
  readonly progress: ProgressRule | null;
}

export function rememberedPipeline(applied: Applied | null, name: string): RememberedPipeline | null {
  // While `apply` still runs, the pipeline that it removes is still among the others.
  const found = applied?.removed[name] ?? applied?.pipelines[name];
  if (found === undefined) return null;
  return {
    devTool: found.devTool,
    source: JSON.parse(found.source) as CraftSource,
    progress: JSON.parse(found.progress) as ProgressRule | null,
  };
}
