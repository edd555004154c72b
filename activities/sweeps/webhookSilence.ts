/** Notices webhooks that have gone silent: a progress sweep counts the changes that no webhook had announced. */
import { activityInfo } from '@temporalio/activity';
import type { DevItem } from '../../domain/devItem.js';
import type { DevToolSettings } from '../../domain/settings.js';
import { isTelling, SILENCE_ADVICE, silenceWords } from '../../domain/rules/webhookSilence.js';
import type { Needs } from '../ports.js';

/** A newer change may still be announced by its webhook. */
const DELIVERED_WITHIN_MS = 60_000;

/**
 * `moved`: items whose status the sweep found changed. Other changes are not counted, because what a tool calls a
 * change of an item (a comment, a new order) and what it announces as one may differ.
 */
export async function noteUnannounced(
  deps: Needs<'now' | 'silences', 'alerts'>,
  tool: DevToolSettings,
  moved: readonly DevItem[],
): Promise<void> {
  if (tool.expectsWebhooks !== true || moved.length === 0) return;
  const { silences } = deps.ledger;
  const nowMs = (await deps.ledger.now()).getTime();
  // Where the tool gives no times, the change came after the previous sweep.
  const sweptAt = new Date(nowMs - 2 * tool.progressEveryMs - DELIVERED_WITHIN_MS).toISOString();
  const changes = moved.map(({ id, updatedAt }) => ({ devItemId: id, updatedAt: updatedAt ?? sweptAt }));
  const overdue = changes.filter(({ updatedAt }) => nowMs - Date.parse(updatedAt) > DELIVERED_WITHIN_MS);
  const announced = new Set(await silences.announced(tool.name, overdue));
  const unannounced = overdue.filter(({ devItemId }) => !announced.has(devItemId));
  if (unannounced.length === 0) return;
  await silences.note(tool.name, {
    changes: unannounced.length,
    run: activityInfo().workflowExecution?.runId ?? activityInfo().activityId,
  });
  await alertOnce(deps, tool.name);
}

async function alertOnce(deps: Needs<'silences', 'alerts'>, devTool: string): Promise<void> {
  const silence = (await deps.ledger.silences.list()).find((one) => one.devTool === devTool);
  if (silence === undefined || !isTelling(silence)) return;
  if (await deps.ledger.silences.mayAlert(devTool))
    await deps.alerts.send(`${silenceWords(silence)}. ${SILENCE_ADVICE}`);
}
