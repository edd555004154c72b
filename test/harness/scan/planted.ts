/** One leak of each kind, planted in every place that the scan looks at, and what the scan has to say of each. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { startProgram } from '../servers/program.js';
import { ITEM_WORDS, type CanaryStack } from './canaryStack.js';
import * as places from './places.js';

export interface Planted {
  /** What stands in places that nothing of the stack writes to in a test: pages, what commands print. */
  readonly places: readonly places.Place[];
  /** `what in place`, without repetition, in order; of the files of Temporal and Postgres only one each. */
  readonly expected: readonly string[];
  close(): Promise<void>;
}

export async function plantLeaks(stack: CanaryStack, state: string): Promise<Planted> {
  await plantInTemporal(stack);
  const database = await plantInLedger(stack);
  const { CANARY_CRAFT, CANARY_TOOL, CRAFTSYNC_TOKEN } = stack.canaries;
  await writeFile(join(state, 'logs', 'planted.log'), `{"msg":"x ${JSON.stringify(ITEM_WORDS.title)}"}`);
  await writeFile(join(state, 'planted.bin'), Buffer.concat([randomBytes(2_000_000), Buffer.from(CANARY_TOOL)]));
  const idle = 'setTimeout(() => undefined, 60_000)';
  const withKey = startProgram({
    command: process.execPath,
    args: ['-e', idle, '--', 'temporal server', CANARY_TOOL],
    env: { PLANTED: CANARY_CRAFT.slice(0, 12) },
  });
  const processes = places.processesBelow(withKey.pid);
  return {
    places: [
      ...places.argumentPlaces(processes).map((one) => ({ ...one, place: 'arguments: planted' })),
      ...places.environmentPlaces(processes).map((one) => ({ ...one, place: 'environment: planted' })),
      { place: 'pages: planted', text: `<p>${CANARY_CRAFT.replaceAll('/', '&#x2f;').slice(0, 30)}</p>` },
      { place: 'commands: planted', text: `no ${CRAFTSYNC_TOKEN.slice(4, 12).toUpperCase()}` },
      { place: 'commands: status planted', text: ITEM_WORDS.title },
      { place: 'Temporal: current details, planted', text: JSON.stringify({ currentDetails: CANARY_TOOL }) },
    ],
    expected: EXPECTED,
    close: async () => {
      await Promise.all([database.end(), withKey.kill()]);
    },
  };
}

export const stateFolderOf = ({ stack }: CanaryStack): string => join(dirname(stack.configPath), 'state');

const EXPECTED: readonly string[] = [
  'CANARY_CRAFT in Postgres: connections and statements',
  'CANARY_CRAFT in Temporal: descriptions, pending failures',
  'CANARY_CRAFT in Temporal: histories, raw and payloads decoded',
  'CANARY_CRAFT in Temporal: visibility, search attributes, memos',
  'CANARY_CRAFT in environment: planted',
  'CANARY_CRAFT in ledger: sync_log',
  'CANARY_CRAFT in pages: planted',
  'CANARY_TOOL in Temporal: current details, planted',
  'CANARY_TOOL in Temporal: histories, raw and payloads decoded',
  'CANARY_TOOL in Temporal: schedules',
  'CANARY_TOOL in arguments: planted',
  'CANARY_TOOL in state folder: planted.bin',
  'CANARY_TOOL in state folder: postgres',
  'CANARY_TOOL in state folder: temporal.db',
  'CRAFTSYNC_TOKEN in Temporal: descriptions, pending failures',
  'CRAFTSYNC_TOKEN in Temporal: histories, raw and payloads decoded',
  'CRAFTSYNC_TOKEN in commands: planted',
  'description in ledger: sync_log',
  'title in Temporal: histories, raw and payloads decoded',
  'title in commands: status planted',
  'title in state folder: logs/planted.log',
];

async function plantInTemporal({ client, canaries }: CanaryStack): Promise<void> {
  const { CANARY_CRAFT, CANARY_TOOL, CRAFTSYNC_TOKEN } = canaries;
  const hex = Buffer.from(CANARY_CRAFT).toString('hex');
  await client.workflow.start('planted', {
    workflowId: 'planted',
    taskQueue: 'nobody',
    args: [{ deep: [Buffer.from(CANARY_TOOL).toString('base64')] }],
    memo: { hint: hex.slice(0, 40) },
    staticSummary: `about ${CRAFTSYNC_TOKEN.slice(6, 16)}`,
    searchAttributes: { CraftsyncItem: [CANARY_CRAFT.slice(4, 14)] },
  });
  await client.workflow.getHandle('planted').signal('told', { title: ITEM_WORDS.title });
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'planted',
    taskQueue: 'nobody',
    args: [CANARY_TOOL],
  };
  await client.schedule.create({ scheduleId: 'planted', action, spec: {}, state: { paused: true } });
}

/** A connection whose name is a part of a key, and two lines of the log. */
async function plantInLedger({ stack, canaries }: CanaryStack): Promise<pg.Client> {
  const { CANARY_CRAFT, CANARY_TOOL } = canaries;
  const own = new pg.Client({ connectionString: stack.databaseUrl, application_name: CANARY_CRAFT.slice(0, 20) });
  own.on('error', () => undefined);
  await own.connect();
  await own.query(
    `insert into sync_log (at, pipeline_id, step, outcome, attempt, detail)
     values (now(), 'mobile', 'check', 'failed', 1, $1), (now(), 'mobile', 'check', 'failed', 1, $2)`,
    [encodeURIComponent(encodeURIComponent(CANARY_CRAFT)), ITEM_WORDS.description],
  );
  // A row that is taken back again stays in the files for a while.
  await own.query('begin');
  await own.query(
    `insert into sync_log (at, pipeline_id, step, outcome, attempt, detail) values (now(), 'm', 'c', 'f', 1, $1)`,
    [CANARY_TOOL],
  );
  await own.query('rollback');
  await own.query('checkpoint').catch(() => undefined);
  return own;
}
