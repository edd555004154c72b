/** What a pipeline's check works with. */
import type { PipelineSettings } from '../../../domain/settings.js';
import type { RedmineContext } from '../context.js';
import type { CurrentUser, Project, Status, Tracker } from '../schema.js';
import type { RedmineTarget } from '../target.js';

export interface Checked {
  readonly context: RedmineContext;
  readonly pipeline: PipelineSettings;
  readonly target: RedmineTarget;
  readonly user: CurrentUser;
  readonly project: Project;
  readonly trackers: readonly Tracker[];
  readonly statuses: readonly Status[];
  readonly keyAt: string;
}
