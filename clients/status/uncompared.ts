/** Pipelines of which nothing is created, because the markers in their dev tool are not compared yet (decision 18). */
import { waitsForBudget } from '../../domain/phases.js';
import type { Settings } from '../../domain/settings.js';
import type { Ledger, OpenComparison } from '../../ledger/ledger.js';

/** Those of configured pipelines: what another tool held of one, or a pipeline that was taken out, concerns nobody. */
export async function openComparisons(
  { continuity }: Pick<Ledger, 'continuity'>,
  { pipelines }: Settings,
): Promise<readonly OpenComparison[]> {
  const open = await continuity.openComparisons();
  return open.filter(({ pipeline, devTool }) => pipelines[pipeline]?.devTool === devTool);
}

/** Nothing ends it by itself. A wait for budget ends, whatever failed before it. */
export function cannotBeCompared({ trouble }: OpenComparison): boolean {
  return trouble !== null && !waitsForBudget(trouble.reason);
}

export function uncomparedWords(devTool: string, why: string): string {
  return `nothing is created, because the markers in ${devTool} cannot be compared with the ledger (${why})`;
}

export function uncomparedAdvice(devTool: string): string {
  return `mend that, or, if ${devTool} holds nothing that craftsync made, run craftsync apply --accept`;
}
