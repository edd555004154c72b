/**
 * Every migration, oldest first. Never edit or rename a released one: databases record its name.
 * Migrations are modules with SQL inside, so that the compiler copies them and nothing looks for files at run time.
 *
 *  1. A migration only adds, so that workers of the last release keep working beside it.
 *  2. Identity columns, no `serial`: the runtime role needs SELECT, INSERT, UPDATE, DELETE on the tables, nothing else,
 *     and gets them by default privileges. What it must not do with a table, the migration takes from it (0013).
 */
import { linksAndLog } from './0001_links_and_log.js';
import { sweepsAndConnections } from './0002_sweeps_and_connections.js';
import { settledCursors } from './0003_settled_cursors.js';
import { sweepTrouble } from './0004_sweep_trouble.js';
import { webhooks } from './0005_webhooks.js';
import { feedback } from './0006_feedback.js';
import { hierarchy } from './0007_hierarchy.js';
import { heldTargets } from './0008_held_targets.js';
import { continuity } from './0009_continuity.js';
import { missingItems } from './0010_missing_items.js';
import { rests } from './0011_rests.js';
import { readyCollections } from './0012_ready_collections.js';
import { runtimeRights } from './0013_runtime_rights.js';
import { knownCreates } from './0014_known_creates.js';
import { budgets } from './0015_budgets.js';
import { refusedPipelines } from './0016_refused_pipelines.js';
import { openLinks } from './0017_open_links.js';
import { timelines } from './0018_timelines.js';
import type { MigrationSql } from './migrationSql.js';

export const MIGRATIONS: readonly MigrationSql[] = [
  linksAndLog,
  sweepsAndConnections,
  settledCursors,
  sweepTrouble,
  webhooks,
  feedback,
  hierarchy,
  heldTargets,
  continuity,
  missingItems,
  rests,
  readyCollections,
  runtimeRights,
  knownCreates,
  budgets,
  refusedPipelines,
  openLinks,
  timelines,
];
