/**
 * Records the history of a workflow as JSON for the replay tests: `node scripts/record-history.js <workflow id> <file>
 * [run id]`, from the Temporal that TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE name (default: the one of `npm start`).
 * Name the file for the workflow and what it guards, e.g. `test/replay/histories/itemSync-paused-and-resumed.json`.
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const [workflowId, file, runId] = process.argv.slice(2);
if (workflowId === undefined || file === undefined) {
  process.stderr.write('usage: node scripts/record-history.js <workflow id> <file> [run id]\n');
  process.exit(2);
}
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
const client = new Client({ connection, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' });
const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
await writeFile(file, `${historyToJSON(history)}\n`);
await connection.close();
