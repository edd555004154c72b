/** The connectors for commands that only read: a budget of this process, nothing remembered, no ledger, no Temporal. */
import type { Configuration } from '../config/configuration.js';
import { createLocalBudget } from '../runtime/budget.js';
import { createConnectors, type Connectors } from '../runtime/connectors.js';
import { createProcessMemory } from '../runtime/connectionMemory.js';

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
