/**
 * The peer of the hand-over benchmark: the same job as a service in the manner of Temporal's samples, without
 * craftsync's guards. Argument: one JSON object. Prints `ready` when it polls.
 */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import pg from 'pg';
import { createActivities, type PeerOptions } from './activities.js';

export interface PeerProcess extends PeerOptions {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly databaseUrl: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as PeerProcess;
const { address, namespace, taskQueue, databaseUrl } = options;
const pool = new pg.Pool({ connectionString: databaseUrl });
await pool.query(
  `create table if not exists hand_over (
     craft_item_id text primary key, work_item_key text not null, created_at timestamptz not null default now(),
     locked_at timestamptz
   )`,
);
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities: createActivities(options, pool),
});
const running = worker.run();
process.stdout.write('ready\n');
await running;
await pool.end();
