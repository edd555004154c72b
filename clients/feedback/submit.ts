/**
 * `feedback submit` (design 7): submits one piece of feedback, exactly once for its key. Needs the ledger, which
 * remembers a submission whose answer was lost: the same command again finishes it.
 */
import { isRefKey, type FeedbackDraft } from '../../domain/feedback.js';
import { keyOfContent, submitByHand } from '../../runtime/submitByHand.js';
import { wrongUsage } from '../failure.js';
import { withLedger, type CommandContext } from '../resources.js';
import { withConnectors } from '../connectors.js';
import { portalNamed } from './portals.js';

export interface SubmitOptions extends Omit<FeedbackDraft, 'description'> {
  readonly portal: string;
  readonly description: string | null;
  readonly key: string | null;
  readonly json: boolean;
}

export async function submitFeedback(context: CommandContext, options: SubmitOptions): Promise<void> {
  const { terminal } = context;
  if (options.title.trim() === '') throw wrongUsage('--title is empty: say in one line what the feedback is about');
  if (options.key !== null && !isRefKey(options.key)) {
    throw wrongUsage(`--key ${options.key}: use 1 to 100 letters, digits, and . _ : -`);
  }
  await withLedger(context, async ({ ledger, configuration, settings }) => {
    await withConnectors(configuration, async (connectors) => {
      const portal = await portalNamed(connectors.craft.feedback, settings, options.portal);
      const { title, category, submitter } = options;
      const draft = { title, description: options.description ?? '', category, submitter };
      const key = options.key ?? keyOfContent(portal.id, draft);
      const { feedback, isNew } = await submitByHand({
        ledger,
        connectors,
        timeoutMs: settings.craft.timeoutMs,
        portal: portal.id,
        key,
        draft,
        onWait: (ms, why) => terminal.note(`waiting ${Math.ceil(ms / 1_000)} s: ${why}`),
      });
      if (options.json) return terminal.json({ ...feedback, key, portal: portal.id, new: isNew });
      if (!isNew) terminal.note(`the key ${key} was submitted before: nothing was sent`);
      terminal.print(feedback.link === null ? feedback.id : `${feedback.id}  ${feedback.link}`);
    });
  });
}
