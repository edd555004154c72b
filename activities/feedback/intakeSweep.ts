/**
 * The intake sweep's activities: they find the dev items that carry the label and that the ledger does not know yet
 * (design 2).
 */
import { ToolError } from '../../domain/errors.js';
import { isRefKey, refOf } from '../../domain/feedback.js';
import { intakeScheduleId } from '../../domain/ids.js';
import type { Collected, OpenSubmission } from '../../domain/messages.js';
import type { IntakeSettings } from '../../domain/settings.js';
import type { LabelledItem, Labels } from '../../connectors/port/capabilities.js';
import type { NewSubmission } from '../../ledger/ledger.js';
import type { Links } from '../../ledger/links/links.js';
import type { Current, Needs } from '../ports.js';
import { runSweepStep, sweepCall } from '../step/sweepStep.js';

const NOTHING: Collected = { found: 0, skipped: 0, done: 0 };

/** Reads the labelled items and stores those that are new; their texts stay in the ledger. */
export async function collectFeedback(
  deps: Needs<'connections' | 'links' | 'submissions', 'current' | 'alerts'>,
  intakeName: string,
): Promise<Collected> {
  const current = await deps.current();
  const intake = current.settings.intakes[intakeName];
  if (intake === undefined) return NOTHING;
  return runSweepStep(deps, intake.devTool, async () => {
    const items = await labelsOf(current, intake).items(intake.label, sweepCall('sweep', intakeScheduleId(intakeName)));
    const own = await ofThisPortal(deps.ledger.links, current, intake, items);
    const wanted = items.filter(({ id }) => !own.has(id));
    await deps.ledger.submissions.collect(wanted.map((item) => submissionOf(intake, item)));
    const ids = wanted.map(({ id }) => id);
    const done = await deps.ledger.submissions.countDone(intake.feedbackPortal, intake.devTool, ids);
    return { found: items.length, skipped: items.length - wanted.length, done };
  });
}

function labelsOf(current: Current, intake: IntakeSettings): Labels {
  const { labels, type } = current.devTool(intake.devTool);
  if (labels !== undefined) return labels;
  throw new ToolError('invalid', noLabels(intake, type), { connection: intake.devTool, notSent: true });
}

function noLabels({ name, devTool }: IntakeSettings, type: string): string {
  return `intake.${name}.devTool: ${devTool} is of the type ${type}, which has no labels to take items in by`;
}

/** Items that were created from this portal's feedback: to submit them again would go round in circles. */
async function ofThisPortal(
  links: Links,
  { settings }: Current,
  intake: IntakeSettings,
  items: readonly LabelledItem[],
): Promise<ReadonlySet<string>> {
  const known = await links.byDevItems(
    intake.devTool,
    items.map(({ id }) => id),
  );
  const ids = known.flatMap(({ pipeline, devItemId }) => {
    const source = settings.pipelines[pipeline]?.source;
    const isSame =
      source !== undefined && 'feedbackPortal' in source && source.feedbackPortal === intake.feedbackPortal;
    return isSame && devItemId !== null ? [devItemId] : [];
  });
  return new Set(ids);
}

function submissionOf(intake: IntakeSettings, item: LabelledItem): NewSubmission {
  return {
    portal: intake.feedbackPortal,
    origin: intake.devTool,
    reference: item.id,
    intake: intake.name,
    ref: refOf(intake.devTool, item.key, item.id),
    devItemKey: item.key !== null && isRefKey(item.key) ? item.key : null,
    devItemUrl: item.url,
    devScope: item.scope,
    title: item.title,
    description: item.description,
    category: intake.category,
    submitter: intake.submitter,
  };
}

export interface SubmissionPage {
  readonly intake: string;
  readonly after: string | null;
  readonly limit: number;
}

/** The next submissions that are not done, in order. */
export async function nextSubmissions(
  deps: Needs<'submissions'>,
  page: SubmissionPage,
): Promise<readonly OpenSubmission[]> {
  const rows = await deps.ledger.submissions.open(page.intake, page.after, page.limit);
  return rows.map(({ portal, origin, reference, devItemKey }) => ({
    portal,
    devTool: origin,
    devItemId: reference,
    key: devItemKey,
  }));
}
