/** Opens the ledger for commands that need nothing else of the runtime. */
import { createLedger } from '../ledger/index.js';
import type { Ledger } from '../ledger/ledger.js';

/** Connects on first use. Throws `LedgerError` at once when the URL is not valid. */
export function openLedger(databaseUrl: string, applicationName: string): Ledger {
  return createLedger({ databaseUrl, applicationName, maxConnections: 4 });
}
