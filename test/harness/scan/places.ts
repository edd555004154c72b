/**
 * Everything that a deployment leaves behind or shows, as text: what Temporal keeps, every table, files, processes,
 * pages. Each place is a name for the report and what stands there.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Client } from '@temporalio/client';
import pg from 'pg';

export interface Place {
  readonly place: string;
  readonly text: string;
  /** Rows, runs or schedules. @default 1 */
  readonly records?: number;
}

/** Bytes are in base64 in Temporal's JSON, and in texts within these again: all are read. */
function withBytesRead(json: string, depth = 2): string {
  const inside = [...json.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  return depth === 0 || inside.length === 0 ? json : `${json}\n${withBytesRead(inside.join('\n'), depth - 1)}`;
}

const shown = (value: unknown): string => withBytesRead(JSON.stringify(value, bytesAsBase64));

function bytesAsBase64(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  if (type === 'Buffer' && Array.isArray(data)) return Buffer.from(data as number[]).toString('base64');
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** A query is answered by a worker of ours alone. */
const TASK_QUEUE = 'craftsync';
/** As Temporal numbers it. */
const RUNNING = 1;

/** Histories, what the listing shows, descriptions with failures and memos, the details and schedules. */
export async function temporalPlaces(client: Client): Promise<readonly Place[]> {
  const { namespace } = client.options;
  const { workflowService } = client;
  const { executions } = await workflowService.listWorkflowExecutions({ namespace, pageSize: 1_000 });
  const histories: string[] = [];
  const described: string[] = [];
  const details: string[] = [];
  for (const { execution, status, taskQueue } of executions ?? []) {
    const { workflowId = '', runId = '' } = execution as { workflowId?: string; runId?: string };
    histories.push(shown((await client.workflow.getHandle(workflowId, runId).fetchHistory()).events));
    described.push(
      shown(await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId, runId } })),
    );
    const isAnswered = Number(status) === RUNNING && taskQueue === TASK_QUEUE;
    if (isAnswered) details.push(await detailsOf(client, workflowId, runId));
  }
  const { schedules } = await workflowService.listSchedules({ namespace, maximumPageSize: 100 });
  const each = (schedules ?? []).map(async ({ scheduleId }) =>
    shown(await workflowService.describeSchedule({ namespace, scheduleId: scheduleId ?? '' })),
  );
  return [
    placeOf('Temporal: visibility, search attributes, memos', (executions ?? []).map(shown)),
    placeOf('Temporal: histories, raw and payloads decoded', histories),
    placeOf('Temporal: descriptions, pending failures', described),
    placeOf('Temporal: current details, summaries', details),
    placeOf('Temporal: schedules', [...(schedules ?? []).map(shown), ...(await Promise.all(each))]),
  ];
}

const placeOf = (place: string, texts: readonly string[]): Place => ({
  place,
  text: texts.join('\n'),
  records: texts.length,
});

async function detailsOf(client: Client, workflowId: string, runId: string): Promise<string> {
  return JSON.stringify(await client.workflow.getHandle(workflowId, runId).query('__temporal_workflow_metadata'));
}

/** One place for each table, and what Postgres shows of those that are connected. */
export async function ledgerPlaces(databaseUrl: string): Promise<readonly Place[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Those of every schema but Postgres' own, views included.
    const { rows } = await client.query<{ name: string; of: string }>(
      `select table_name as name, quote_ident(table_schema) || '.' || quote_ident(table_name) as of
       from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const places: Place[] = [];
    for (const { name, of } of rows) {
      const { rows: all } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${of} t`);
      const text = withBytesRead(all.map(({ row }) => row).join('\n'));
      places.push({ place: `ledger: ${name}`, text, records: all.length });
    }
    const activity = await client.query('select application_name, query from pg_stat_activity');
    return [...places, { place: 'Postgres: connections and statements', text: JSON.stringify(activity.rows) }];
  } finally {
    await client.end();
  }
}

/** One place for each file below `folder`. */
export function filePlaces(folder: string): readonly Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    const place = `state folder: ${relative(folder, file)}`;
    try {
      return entry.isFile() && statSync(file).size > 0 ? [{ place, text: readFileSync(file, 'latin1') }] : [];
    } catch {
      // A server has taken it away again.
      return [];
    }
  });
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

/** The process and all that descend from it. */
export function processesBelow(pid: number): readonly Process[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .flatMap((line): Process[] => {
      const [, own, parent, words] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return own === undefined ? [] : [{ pid: Number(own), parent: Number(parent), words: words ?? '' }];
    });
  const found = all.filter((one) => one.pid === pid);
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

/** What everybody on the machine can read of each process. */
export function argumentPlaces(processes: readonly Process[]): readonly Place[] {
  return processes.map(({ pid, words }) => ({ place: `arguments: ${nameOf(words)}`, text: read(pid, 'cmdline') }));
}

/** Of those that need no key of ours. */
export function environmentPlaces(processes: readonly Process[]): readonly Place[] {
  return processes
    .filter(({ words }) => /temporal server|postgres/.test(words) && !/clients\/main/.test(words))
    .map(({ pid, words }) => ({ place: `environment: ${nameOf(words)}`, text: read(pid, 'environ') }));
}

const nameOf = (words: string): string =>
  /clients\/main\.js (\w+)/.exec(words)?.[1] ?? (/postgres|temporal/.exec(words)?.[0] || words.slice(0, 12));

function read(pid: number, what: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', '\n');
  } catch {
    return '';
  }
}
