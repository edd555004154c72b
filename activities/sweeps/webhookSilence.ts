/** Webhooks gone silent are seen: a progress sweep counts the changes that it found and no webhook had announced. */
import { activityInfo } from '@temporalio/activity';
import type { DevItem } from '../../domain/devItem.js';
import type { DevToolSettings } from '../../domain/settings.js';
import { isTelling, SILENCE_ADVICE, silenceWords } from '../../domain/webhookSilence.js';
import type { ActivityDeps } from '../ports.js';

/** Of a younger change the webhook may still be on its way. */
const DELIVERED_WITHIN_MS = 60_000;

/**
 * `moved`: items whose status the sweep found changed. Other changes are not counted: what a tool calls a change of an
 * item (a comment, an order) and what it announces as one may differ.
 */
export async function noteUnannounced(
  deps: ActivityDeps,
  tool: DevToolSettings,
  moved: readonly DevItem[],
): Promise<void> {
  if (tool.expectsWebhooks !== true || moved.length === 0) return;
  const { silences } = deps.ledger;
  const nowMs = (await deps.ledger.now()).getTime();
  // Where the tool gives no times, the change came after the sweep before.
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

async function alertOnce(deps: ActivityDeps, devTool: string): Promise<void> {
  const silence = (await deps.ledger.silences.list()).find((one) => one.devTool === devTool);
  if (silence === undefined || !isTelling(silence)) return;
  if (await deps.ledger.silences.mayAlert(devTool))
    await deps.alerts.send(`${silenceWords(silence)}. ${SILENCE_ADVICE}`);
}
