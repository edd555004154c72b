import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '@temporalio/client';
import { ownServers, type Servers } from './servers.js';

describe('faults/processes/actions/servers', { timeout: 180_000 }, () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await ownServers();
  }, 180_000);
  afterAll(() => servers.close());

  it('a server that was killed serves again on its port, with what it had', async () => {
    const ask = async (sql: string): Promise<unknown> => {
      const client = new pg.Client({ connectionString: servers.postgresUrl });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    };
    await ask('create table kept as select 7 as value');
    await servers.restart?.('postgres', 0);
    expect(await ask('select value from kept')).toEqual([{ value: 7 }]);
    await servers.restart?.('temporal', 0);
    const connection = await Connection.connect({ address: servers.temporalAddress, connectTimeout: '60 seconds' });
    await connection.close();
  });
});
