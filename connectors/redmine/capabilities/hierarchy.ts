/**
 * Subtasks: an issue under another. Redmine refuses the whole create where the parent does not fit, so this is checked
 * first, as far as the API shows it. The API does not show whether subtasks may cross projects, so a parent in another
 * project is not used.
 */
import type { Hierarchy } from '../../port/capabilities.js';
import { isRefusedById, ToolError } from '../../../domain/errors.js';
import type { RedmineContext } from '../context.js';
import { readIssue } from '../items.js';
import { listTrackers } from '../requests.js';
import { projectIdOf } from '../visibility.js';
import { RedmineTarget } from '../target.js';

const no = (why: string) => ({ accepted: false, why }) as const;

export function hierarchyOf({ redmine }: RedmineContext): Hierarchy {
  return {
    async accepts(target, parent, call) {
      const { projectId, trackerId } = RedmineTarget.parse(target);
      const issue = await unlessIllegible(() => readIssue(redmine, parent.id, call));
      if (issue === null) return no(`the key sees no issue #${parent.id}`);
      if (issue.status.is_closed === true)
        return no(`#${parent.id} is closed, and Redmine puts no open issue under it`);
      if (String(issue.project.id) !== (await projectIdOf(redmine, projectId, call))) {
        return no(`#${parent.id} is in another project`);
      }
      if (trackerId === undefined) return { accepted: true };
      const tracker = (await listTrackers(redmine, call)).find(({ id }) => String(id) === trackerId);
      const has = tracker?.enabled_standard_fields?.includes('parent_issue_id') ?? true;
      return has ? { accepted: true } : no(`the tracker "${tracker?.name ?? trackerId}" has no parent task`);
    },
  };
}

/** An issue that exists but cannot be read is no parent. */
async function unlessIllegible<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isRefusedById(error) || (error instanceof ToolError && error.kind === 'unexpected-response')) return null;
    throw error;
  }
}
