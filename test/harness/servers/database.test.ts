import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { freshDatabase } from './database.js';

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('harness/servers/database', () => {
  it('gives two tests two databases, empty and gone after drop', async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(one.url).not.toBe(two.url);
    const client = await connected(one.url);
    expect((await client.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).rowCount).toBe(0);
    await client.end();
    await Promise.all([one.drop(), two.drop()]);
    await expect(connected(one.url)).rejects.toThrow('does not exist');
  });

  it('drops a database with connections left in it, and a second time there is nothing to drop', async () => {
    const database = await freshDatabase();
    const left = await connected(database.url);
    await database.drop();
    await expect(left.query('SELECT 1')).rejects.toThrow();
    await expect(connected(database.url)).rejects.toThrow('does not exist');
    await database.drop();
  });

  it("waits for a superuser's process, such as an autovacuum worker, instead of failing", async () => {
    const database = await freshDatabase();
    const url = new URL(database.url);
    url.username = 'postgres';
    const superuser = await connected(url.href);
    const dropped = database.drop();
    await sleep(500);
    await superuser.end();
    await dropped;
    await expect(connected(database.url)).rejects.toThrow('does not exist');
  });
});
