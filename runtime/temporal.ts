/** Connects to Temporal. Clients and workers use the same data converter and namespace. */
import { Client, Connection } from '@temporalio/client';
import type { TemporalAccess } from '../config/deployment.js';

export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/** Fails within the time limit with one line that names the address. */
export async function connectTemporal(temporal: TemporalAccess, timeoutMs = 10_000): Promise<TemporalClient> {
  try {
    const connection = await Connection.connect({ ...temporal.connectionOptions, connectTimeout: timeoutMs });
    const client = new Client({ connection, namespace: temporal.namespace });
    return { client, close: () => connection.close() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Temporal at ${temporal.address} cannot be reached (${why}): check TEMPORAL_ADDRESS, or run npx craftsync up`,
      { cause: error },
    );
  }
}

/** Connects at the first call and again after each loss: for programs that keep running without Temporal. */
export function lazyTemporal(temporal: TemporalAccess): TemporalClient {
  const connection = Connection.lazy(temporal.connectionOptions);
  const client = new Client({ connection, namespace: temporal.namespace });
  return { client, close: () => connection.close() };
}
