/** Loses runs during a hand-over, and makes rows look untouched for a while (design 4, Nothing is forgotten). */
import pg from 'pg';
import { itemSyncWorkflowId, type ItemRef } from '../../../domain/ids.js';
import { eventually, type TestDeployment } from './deployment.js';

/** As an operator does in the Temporal UI; resolves when the listing shows it no longer. */
export async function terminateRun({ temporal }: TestDeployment, item: ItemRef): Promise<void> {
  const workflowId = itemSyncWorkflowId(item);
  await temporal.client.workflow.getHandle(workflowId).terminate('terminated by hand');
  const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`;
  await eventually(async () => {
    const { count } = await temporal.client.workflow.count(query);
    return count === 0;
  }, `${workflowId} is not listed as running`);
}

export async function isRunning({ temporal }: TestDeployment, item: ItemRef): Promise<boolean> {
  const { status } = await temporal.client.workflow.getHandle(itemSyncWorkflowId(item)).describe();
  return status.name === 'RUNNING';
}

/** Moves the row's times back, as if the minutes had passed since anybody touched it. */
export async function letPass(deployment: TestDeployment, item: ItemRef, minutes: number): Promise<void> {
  await inLedger(
    deployment,
    `update item_link set updated_at = updated_at - $3 * interval '1 minute', woken_at = woken_at - $3 * interval '1 minute'
     where pipeline_id = $1 and craft_item_id = $2`,
    [item.pipeline, item.craftItemId, minutes],
  );
}

/** A statement in the deployment's database, bypassing the ledger. */
async function inLedger({ env }: TestDeployment, statement: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  try {
    await client.query(statement, [...values]);
  } finally {
    await client.end();
  }
}
