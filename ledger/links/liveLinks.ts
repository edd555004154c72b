/** The ledger's interface for links that are alive: what sweeps look at. */
import type { ItemRef } from '../../domain/ids.js';
import type { ItemLink } from '../../domain/link.js';
import type { ShownProgress } from '../../domain/rules/progress.js';

/** Links that are not finished: what sweeps read and restart. */
export interface LiveLinks {
  /** Rows whose phase is not final and that nobody has touched for `idleMs`. */
  idle(pipeline: string | null, idleMs: number): Promise<readonly ItemRef[]>;
  /** Distinct `dev_scope` of live links. */
  liveScopes(devTool: string): Promise<readonly string[]>;
  /** Ids of live linked dev items of a scope, without those of `noteClosedMissing`. */
  liveDevItemIds(devTool: string, scope: string): Promise<readonly string[]>;
  /** Those of `noteClosedMissing`: they are only looked for in what is listed anyway. */
  missingDevItemIds(devTool: string, scope: string): Promise<readonly string[]>;
  /**
   * What was written to `field` for which status, each once, of rows that wait for nothing and have no write open.
   * `field`: null if the pipeline writes none.
   */
  shown(pipeline: string, field: string | null): Promise<readonly ShownProgress[]>;
  /** The rows of which `shown` tells this, `limit` at most. */
  shownAs(
    pipeline: string,
    field: string | null,
    of: ShownProgress & { readonly limit: number },
  ): Promise<readonly ItemLink[]>;
}
