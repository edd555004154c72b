import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runStep } from '../../../activities/step/step.js';
import { suspicion } from '../../../activities/step/suspect.js';
import { ToolError } from '../../../domain/errors.js';
import { begin, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';
import { memorySystems } from '../../fixtures/memorySystems.js';

const EMOJI = { pipeline: 'mobile', craftItemId: 'emoji' };
const failed = (status: number, connection = 'redmine') =>
  new ToolError('ambiguous', 'redmine: POST /issues.json failed with status 500', { connection, status, write: true });

describe('activities/step/suspect', () => {
  let db: LedgerFixture;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(() => db.sql('delete from sync_log'));

  async function log(outcome: string, craftItemId = EMOJI.craftItemId, pipeline = EMOJI.pipeline): Promise<void> {
    const step = 'createDevItem';
    const none = { attempt: 1, detail: null, workflowId: null, runId: null };
    await db.ledger.log.append({ pipeline, craftItemId, step, outcome, ...none });
  }

  const suspect = (error: ToolError, failures: number) =>
    suspicion({ deps: { ledger: db.ledger }, item: EMOJI }, error, failures);

  async function failThrice(between: () => Promise<void>): Promise<void> {
    for (const last of [false, false, true]) {
      await log('ambiguous');
      await log('absent');
      if (!last) await between();
    }
  }

  it('names the text of an item that fails again and again while others pass', async () => {
    await failThrice(() => log('created', 'another'));
    expect(await suspect(failed(500), 3)).toBe(
      'redmine: POST /issues.json failed with status 500. It fails on this item alone, while others pass: ' +
        'look at its title and description, e.g. for an emoji',
    );
  });

  it('a step that fails for the third time on this item alone says so in the row and in its failure', async () => {
    await begin(db.ledger, EMOJI.craftItemId);
    await failThrice(() => log('created', 'another'));
    const step = (): Promise<unknown> => runStep(memorySystems(db).deps, EMOJI, () => Promise.reject(failed(500)));
    await expect(new MockActivityEnvironment({ attempt: 3 }).run(step)).rejects.toThrow('fails on this item alone');
    expect(await db.ledger.links.get(EMOJI)).toMatchObject({
      phase: 'checking',
      blockedBy: 'refused',
      lastError: expect.stringContaining('fails on this item alone') as string,
    });
  });

  it('suspects nothing after two failures, and no item for a failure that is not the tool’s own', async () => {
    await failThrice(() => log('created', 'another'));
    expect(await suspect(failed(500), 2)).toBeNull();
    expect(await suspect(failed(408), 3)).toBeNull();
  });

  it('suspects no item while nothing else passes either, whatever passed before', async () => {
    await log('created', 'another');
    await failThrice(() => log('ambiguous', 'another'));
    expect(await suspect(failed(500), 3)).toBeNull();
  });

  it('counts only what the same system accepted, of the same pipeline, and not this item itself', async () => {
    await failThrice(async () => {
      await log('created', 'another', 'web');
      await log('locked', 'another');
      await log('created');
    });
    expect(await suspect(failed(500), 3)).toBeNull();
    expect(await suspect(failed(500, 'craft'), 3)).not.toBeNull();
  });
});
