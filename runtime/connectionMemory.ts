/** What connectors remember about a connection: in the ledger if there is one, else until the process ends. */
import type { ConnectionMemory } from '../connectors/port/connectionMemory.js';
import type { Connections } from '../ledger/ledger.js';

export function createProcessMemory(): ConnectionMemory {
  const known = new Map<string, string>();
  return {
    recall: (key) => Promise.resolve(known.get(key) ?? null),
    remember: (key, value) => {
      known.set(key, value);
      return Promise.resolve();
    },
  };
}

export function createLedgerMemory(connections: Connections, connection: string): ConnectionMemory {
  return {
    recall: (key) => connections.recall(connection, key),
    remember: (key, value) => connections.remember(connection, key, value),
  };
}
