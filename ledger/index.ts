/** Builds the ledger: Postgres behind the interface of `ledger.ts`. Each ledger has one pool; `close` ends it. */
import { createConnections } from './connections.js';
import { createBudgets } from './budgets/index.js';
import { createContinuity } from './continuity/index.js';
import { openDatabase, type Database } from './database.js';
import { createFeeds } from './feeds.js';
import { createInbox } from './webhooks/inbox.js';
import { createItemFeedback } from './feedback/itemFeedback.js';
import { createSubmissions } from './feedback/submissions.js';
import type { Ledger } from './ledger.js';
import { createLinks } from './links/index.js';
import { createLog } from './log.js';
import { createOpening } from './opening.js';
import { isMigrated, migrate } from './migrate.js';
import { createRefusals } from './refusals.js';
import { createSnapshots } from './snapshots.js';
import { createSilences } from './webhooks/silences.js';

export interface LedgerOptions {
  /** `postgres://user:password@host:5432/database`. */
  readonly databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** @default 10 */
  readonly maxConnections?: number;
}

/** Connects on first use. Throws `LedgerError` (`refused`) at once when the URL is not valid. */
export function createLedger(options: LedgerOptions): Ledger {
  const database = openDatabase({ ...options, maxConnections: options.maxConnections ?? 10 });
  return { ...ledgerOn(database), migrate: () => migrate(options.databaseUrl, database.where) };
}

/** The ledger on a database that is open. */
export function ledgerOn(database: Database): Omit<Ledger, 'migrate'> {
  return {
    async now() {
      const rows = await database.query<{ now: Date }>('select clock_timestamp() as now');
      return rows[0]?.now ?? new Date(Number.NaN);
    },
    ...createLinks(database),
    opening: createOpening(database),
    log: createLog(database),
    snapshots: createSnapshots(database),
    feeds: createFeeds(database),
    connections: createConnections(database),
    refusals: createRefusals(database),
    inbox: createInbox(database),
    submissions: createSubmissions(database),
    itemFeedback: createItemFeedback(database),
    silences: createSilences(database),
    continuity: createContinuity(database),
    budgets: createBudgets(database),
    isMigrated: () => isMigrated(database),
    close: () => database.close(),
  };
}
