import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { freshDatabase } from './database.js';

describe('harness/database', () => {
  it('gives two tests two databases, empty and gone after drop', async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(one.url).not.toBe(two.url);
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    expect((await client.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).rowCount).toBe(0);
    await client.end();
    await Promise.all([one.drop(), two.drop()]);
    const late = new pg.Client({ connectionString: one.url });
    await expect(late.connect()).rejects.toThrow('does not exist');
  });
});
