/** Starts the runner's processes, each on a database of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { ShardLine, ShardOptions } from './shard.js';

export type Result = Extract<ShardLine, { told: 'result' }>;

const running = new Set<ChildProcess>();
let isEnding = false;

/** Those that run, and those that would be started: each rejects. */
export function endShards(): void {
  isEnding = true;
  for (const child of running) child.kill();
}

/** `script`: shard.js in a compiled copy. Rejects where the process ends without a result. */
export async function runShard(
  script: string,
  postgresUrl: string,
  options: Omit<ShardOptions, 'databaseUrl'>,
  onProgress: (runs: number) => void = () => undefined,
): Promise<Result> {
  const database = await newDatabase(postgresUrl);
  try {
    const given: ShardOptions = { ...options, databaseUrl: database.url };
    const child = spawn(process.execPath, [script, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    if (isEnding) child.kill();
    let result: Result | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as ShardLine;
      if (told.told === 'progress') onProgress(told.runs);
      else result = told;
    }
    if (result === null) throw new Error(`the shard with seed ${options.seed} ended without a result`);
    return result;
  } finally {
    await database.drop();
  }
}

let made = 0;

async function newDatabase(postgresUrl: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  made += 1;
  const name = `protocol_${process.pid}_${made}`;
  await asOwner(postgresUrl, `create database ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  // Only a superuser may end an autovacuum by force; without force PostgreSQL ends it by itself, and waits for others.
  const drop = (): Promise<void> =>
    asOwner(postgresUrl, `drop database ${name}`).catch(() =>
      asOwner(postgresUrl, `drop database ${name} with (force)`),
    );
  return { url: url.href, drop };
}

async function asOwner(postgresUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
