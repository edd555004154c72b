/**
 * The connectors for commands, without ledger and Temporal: calls are budgeted in this process alone, and what the
 * connectors remember is forgotten when the command ends.
 */
import type { Configuration } from '../config/configuration.js';
import { createLocalBudget } from '../runtime/budget.js';
import { createConnectors, type Connectors } from '../runtime/connectors.js';
import { createProcessMemory } from '../runtime/memory.js';

export async function withConnectors<T>(
  configuration: Configuration,
  body: (connectors: Connectors) => Promise<T>,
): Promise<T> {
  const connectors = createConnectors({
    configuration,
    budgets: ({ name, rateLimit }) => createLocalBudget(name, rateLimit),
    memory: () => createProcessMemory(),
  });
  try {
    return await body(connectors);
  } finally {
    await connectors.close();
  }
}
