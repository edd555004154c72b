/** The ledger for programs that need nothing else of the runtime: commands that read it or give orders through it. */
import { createLedger } from '../ledger/index.js';
import type { Ledger } from '../ledger/ledger.js';

export type { Ledger, LogEntry, SweepRecord, ConnectionPause } from '../ledger/ledger.js';

/** Connects on first use. Throws `LedgerError` at once where the URL is none. */
export function openLedger(databaseUrl: string, applicationName: string): Ledger {
  return createLedger({ databaseUrl, applicationName, maxConnections: 4 });
}
