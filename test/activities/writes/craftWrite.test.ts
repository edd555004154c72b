/**
 * Writes to Craft.io whose answers are lost, with a real ledger and a Craft.io that answers from memory (invariant I3).
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { writeToCraft, type CraftWriteOutcome } from '../../../activities/writes/craftWrite.js';
import type { ActivityDeps, Current } from '../../../activities/ports.js';
import { runStep } from '../../../activities/step/step.js';
import type { WriteCall } from '../../../connectors/port/devTool.js';
import type { CraftFieldInput, CraftSource, CraftWrite } from '../../../domain/craftItem.js';
import { ToolError, type ToolErrorKind } from '../../../domain/errors.js';
import type { StepResult } from '../../../domain/itemState.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { craftItem, following, openLedger, type LedgerFixture } from '../../fixtures/ledger.js';

/** As the connector reads it: several values as one text. */
const shown = (value: CraftFieldInput) => (Array.isArray(value) ? value.join(', ') : (value as string));

type Answer = 'written' | 'lost before' | 'lost after' | ToolErrorKind;

describe('activities/writes/craftWrite', { timeout: 60_000 }, () => {
  let db: LedgerFixture;
  let count = 0;
  let id: string;
  let held: Record<string, CraftFieldInput>;
  /** The workspace id that Craft.io shows for the item, and the only workspace where it can be written. */
  let moved: { readonly shown: unknown; readonly workspace: string } | null;
  beforeAll(async () => {
    db = await openLedger();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    id = `write-${(count += 1)}`;
    held = {};
    moved = null;
    await following(db.ledger, id);
  });

  const unanswered = async () => (await db.ledger.links.get({ pipeline: 'mobile', craftItemId: id }))?.unanswered;

  /** One step that writes fields and stores what was pushed; `answer` is what Craft.io does. */
  async function write(fields: Record<string, CraftFieldInput>, answer: Answer): Promise<CraftWriteOutcome | null> {
    const craft = {
      readItem: () =>
        Promise.resolve(
          craftItem(id, {
            customFields: Object.entries(held).map(([name, value]) => ({ id: name, name, value: shown(value) })),
            properties: { workspaceId: moved?.shown },
          }),
        ),
      async writeItem(source: CraftSource, _id: string, what: CraftWrite, call: WriteCall) {
        await call.authorise();
        if (moved !== null && !('workspace' in source && source.workspace === moved.workspace)) {
          throw new ToolError('not-found', 'craft: no item found', { connection: 'craft', notSent: false });
        }
        if (answer === 'written' || answer === 'lost after') Object.assign(held, what.customFields);
        if (answer === 'written') return;
        const isLost = answer === 'lost before' || answer === 'lost after';
        throw new ToolError(isLost ? 'ambiguous' : answer, 'craft: no', { connection: 'craft', notSent: false });
      },
    };
    const current = { settings: settingsOf([pipelineOf('mobile')]), craft, devTool: () => ({}) } as unknown as Current;
    const deps = {
      ledger: db.ledger,
      current: () => Promise.resolve(current),
      alerts: { send: () => Promise.resolve() },
    } as unknown as ActivityDeps;
    let outcome: CraftWriteOutcome | null = null;
    const step = (): Promise<StepResult> =>
      runStep(deps, { pipeline: 'mobile', craftItemId: id }, async (ctx) => {
        outcome = await writeToCraft(ctx, { customFields: fields });
        if (outcome.status !== 'written') return undefined;
        await db.ledger.pushes.storePushed(ctx.item, outcome.token, { lastProgress: {}, open: outcome.open });
        return undefined;
      });
    await new MockActivityEnvironment().run(step).catch(() => undefined);
    return outcome;
  }

  it('is in the row while its answer is lost, and holds other values back', async () => {
    await write({ status: 'Doing' }, 'lost before');
    expect(await unanswered()).toMatchObject({ customFields: { status: 'Doing' } });
    expect(await write({ status: 'Done' }, 'written')).toMatchObject({ status: 'wait' });
    expect(held).toEqual({});
  });

  it('that is seen to be applied holds nothing back any more', async () => {
    await write({ status: 'Doing' }, 'lost after');
    expect(await write({ status: 'Doing' }, 'written')).toMatchObject({ status: 'written', open: null });
    expect(await write({ status: 'Done' }, 'written')).toMatchObject({ status: 'written' });
    expect(held).toEqual({ status: 'Done' });
  });

  it('of several values is seen to be applied, and repeated as the same', async () => {
    await write({ platforms: ['ios', 'web'] }, 'lost before');
    expect(await unanswered()).toMatchObject({ customFields: { platforms: ['ios', 'web'] } });
    expect(await write({ platforms: ['ios'] }, 'written')).toMatchObject({ status: 'wait' });
    held['platforms'] = ['ios', 'web'];
    expect(await write({ platforms: ['ios', 'web'] }, 'invalid')).toMatchObject({ status: 'written', open: null });
  });

  it('stays in the row after the same values were written again: it may still come', async () => {
    await write({ status: 'Doing', key: 'KM-1' }, 'lost before');
    await write({ status: 'Doing', key: 'KM-1' }, 'written');
    expect(await unanswered()).toMatchObject({ customFields: { status: 'Doing', key: 'KM-1' } });
    expect(await write({ status: 'Done', key: 'KM-1' }, 'written')).toMatchObject({ status: 'wait' });
  });

  it('of which several were lost holds other values back, even though the values are applied', async () => {
    await write({ status: 'Doing', key: 'KM-1' }, 'lost before');
    held['key'] = 'KM-1';
    await write({ status: 'Doing', key: 'KM-1' }, 'lost after');
    expect(await unanswered()).toMatchObject({ customFields: { status: 'Doing', key: 'KM-1' }, several: true });
    expect(await write({ status: 'Doing', key: 'KM-1' }, 'written')).toMatchObject({ status: 'written' });
    expect(await write({ status: 'Done', key: 'KM-1' }, 'written')).toMatchObject({ status: 'wait' });
  });

  it.each(['4711', 4711])(
    'goes to the workspace that the item was moved to, whose id is shown as %j',
    async (shown) => {
      moved = { shown, workspace: '4711' };
      expect(await write({ status: 'Doing' }, 'written')).toMatchObject({ status: 'written' });
      expect(held).toEqual({ status: 'Doing' });
    },
  );

  it('that was clearly refused leaves in the row what was there before', async () => {
    await write({ status: 'Doing' }, 'rate-limited');
    expect(await unanswered()).toBeNull();
    await write({ status: 'Doing' }, 'lost before');
    const before = await unanswered();
    await write({ status: 'Doing' }, 'rate-limited');
    expect(await unanswered()).toEqual(before);
  });
});
