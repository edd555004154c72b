/**
 * The connectors for commands, without ledger and Temporal: calls are budgeted in this process alone, and what the
 * connectors remember is forgotten when the command ends.
 */
import type { Configuration } from '../config/configuration.js';
import { createBudget } from '../runtime/budget/budget.js';
import { PROCESS_CLOCK } from '../runtime/budget/clock.js';
import { createProcessStore } from '../runtime/budget/processStore.js';
import { createConnectors, type Connectors } from '../runtime/connectors.js';
import { createProcessMemory } from '../runtime/connectionMemory.js';

export async function withConnectors<T>(
  configuration: Configuration,
  body: (connectors: Connectors) => Promise<T>,
): Promise<T> {
  const store = createProcessStore(PROCESS_CLOCK);
  const connectors = createConnectors({
    configuration,
    budgets: ({ name: connection, rateLimit }) => createBudget({ connection, rateLimit, store, process: 'command' }),
    memory: () => createProcessMemory(),
  });
  try {
    return await body(connectors);
  } finally {
    await connectors.close();
  }
}
