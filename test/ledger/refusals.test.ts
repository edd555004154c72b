/** Refusals in a row, counted by one statement whichever process asks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelinePauseKey } from '../../domain/ids.js';
import { createLedger } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { type LedgerFixture, openLedger } from '../fixtures/ledger.js';

describe('ledger/refusals', () => {
  let db: LedgerFixture;
  let other: Ledger;
  beforeAll(async () => {
    db = await openLedger();
    other = createLedger({ databaseUrl: db.url, applicationName: 'another worker' });
  });
  afterAll(async () => {
    await other.close();
    await db.close();
  });

  const refusal = {
    step: 'create',
    words: 'no',
    message: 'why',
    settings: '{}',
    accepted: ['created'],
    most: 5,
  } as const;
  const note = (ledger: Ledger, pipeline: string, id: number, words = 'no') =>
    ledger.refusals.note({ pipeline, craftItemId: `c${id}` }, { ...refusal, words });

  it('of many refusals that two workers note at once exactly five count, and one pauses the pipeline', async () => {
    const noted = await Promise.all(
      Array.from({ length: 40 }, (_, n) => note(n % 2 === 0 ? db.ledger : other, 'both', n)),
    );
    expect(noted.filter(({ pausedNow }) => pausedNow)).toHaveLength(1);
    expect(noted.filter(({ isOneMore }) => !isOneMore)).toHaveLength(5);
    const pause = await other.connections.paused(pipelinePauseKey('both'));
    expect(pause).toMatchObject({
      reason: 'pipeline-paused',
      message: 'why',
      refused: { pipeline: 'both', step: 'create' },
    });
    expect(pause?.refused?.items).toHaveLength(5);
  });

  it('the count is kept over a restart, and begins anew after a resume', async () => {
    for (let n = 0; n < 4; n += 1) await note(db.ledger, 'kept', n);
    const restarted = createLedger({ databaseUrl: db.url, applicationName: 'restarted' });
    expect(await note(restarted, 'kept', 4)).toEqual({ pausedNow: true, isOneMore: false });
    await restarted.close();
    expect(await db.ledger.connections.resume(pipelinePauseKey('kept'))).toBe(true);
    for (let n = 0; n < 4; n += 1) expect(await note(db.ledger, 'kept', n)).toMatchObject({ pausedNow: false });
    expect(await note(db.ledger, 'kept', 4)).toMatchObject({ pausedNow: true });
  });

  it('pipelines count each for itself, and a refusal in other words is not one more', async () => {
    for (let n = 0; n < 5; n += 1) await note(db.ledger, 'one', n);
    expect(await note(db.ledger, 'one', 9, 'something else')).toEqual({ pausedNow: false, isOneMore: false });
    expect(await note(db.ledger, 'one', 3)).toEqual({ pausedNow: false, isOneMore: false });
    expect(await db.ledger.connections.paused(pipelinePauseKey('two'))).toBeNull();
    await db.ledger.refusals.admit({ pipeline: 'two', craftItemId: 'c1' });
    const paused = await db.ledger.connections.listPaused();
    expect(paused.map(({ refused }) => refused?.pipeline)).not.toContain('two');
  });
});
