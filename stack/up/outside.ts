/**
 * Checks the servers that `up` is told to use instead of starting its own: they must answer before anything is started.
 */
import { connect } from 'node:net';

import { Connection } from '@temporalio/client';

import type { TemporalAccess } from '../../config/deployment.js';
import { StackError, reasonOf } from '../stackError.js';

const ANSWERS_WITHIN_MS = 5_000;

/** Throws `StackError` where no Temporal server answers, or it does not have the namespace. */
export async function checkTemporal(temporal: TemporalAccess): Promise<void> {
  const { address, namespace } = temporal;
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ ...temporal.connectionOptions, connectTimeout: ANSWERS_WITHIN_MS });
    await connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
      (connection as Connection).workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    throw new StackError(
      `the Temporal server at ${address} (TEMPORAL_ADDRESS), namespace ${namespace}, does not answer: ${reasonOf(error)}; ` +
        'start it, correct the variable, or unset it and up starts one',
    );
  } finally {
    await connection?.close();
  }
}

/**
 * Checks only that something listens; `apply` checks password and rights. Throws `StackError`, without the password.
 */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const { hostname, port } = new URL(databaseUrl);
  // An address without a host means a Unix socket, which the driver finds by its own rules.
  if (hostname === '') return;
  const target = { host: hostname, port: port === '' ? 5432 : Number(port) };
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ ...target, timeout: ANSWERS_WITHIN_MS });
    const fail = (why: string): void => {
      socket.destroy();
      reject(
        new StackError(
          `the database at ${target.host}:${target.port} (DATABASE_URL) cannot be reached: ${why}; ` +
            'start it, correct the variable, or unset it and up starts one',
        ),
      );
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail(`no answer within ${ANSWERS_WITHIN_MS / 1_000} s`));
    socket.once('error', (error) => fail(reasonOf(error)));
  });
}
