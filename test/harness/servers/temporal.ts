/**
 * A namespace for one test in the run's Temporal server: the task queue's name is fixed, so namespaces keep tests
 * apart.
 */
import { randomUUID } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';

import { SEARCH_ATTRIBUTES } from '../../../domain/searchAttributes.js';
import { needsTemporal } from './needsTemporal.js';

/** The default of ten seconds is too short where several test files start at once on two cores. */
const CONNECTS_WITHIN = '60 seconds';

export interface FreshNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  /** For workers in this process; one per namespace, made at the first call. */
  environment(): Promise<TestWorkflowEnvironment>;
  close(): Promise<void>;
}

/**
 * With craftsync's search attributes registered, unless `searchAttributes` is false. `address`: of a server of its own.
 *
 * @default the run's
 */
export async function freshNamespace(
  options: { readonly searchAttributes?: boolean; readonly address?: string } = {},
): Promise<FreshNamespace> {
  const address = options.address ?? needsTemporal();
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address, connectTimeout: CONNECTS_WITHIN });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  if (options.searchAttributes !== false) await registerSearchAttributes(connection, namespace);

  let environment: Promise<TestWorkflowEnvironment> | null = null;
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    environment: () => {
      environment ??= TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
      return environment;
    },
    close: async () => {
      await (await environment)?.teardown();
      await connection.close();
    },
  };
}

async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const searchAttributes: Record<string, NonNullable<ReturnType<typeof encodeSearchAttributeIndexedValueType>>> = {};
  for (const key of Object.values(SEARCH_ATTRIBUTES)) {
    const type = encodeSearchAttributeIndexedValueType(key.type);
    if (type !== undefined) searchAttributes[key.name] = type;
  }
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
