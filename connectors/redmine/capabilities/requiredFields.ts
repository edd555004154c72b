/**
 * What Redmine requires of a new issue. Its API shows administrators which custom fields are required, and every key
 * whether there is a default priority. What a workflow requires it shows nobody: only the refusal says that.
 */
import type { RequiredFields } from '../../port/capabilities.js';
import type { RedmineContext } from '../context.js';
import { getProject } from '../requests.js';
import type { CustomField, Project } from '../schema.js';
import { RedmineTarget } from '../target.js';

export function requiredFieldsOf(context: RedmineContext): RequiredFields {
  return {
    async list(target, call) {
      const parsed = RedmineTarget.parse(target);
      const project = await getProject(context.redmine, parsed.projectId, call);
      const fields = (await context.directory.customFields(call)) ?? [];
      const priorities = await context.directory.priorities(call);
      const hasDefault = priorities.some((priority) => priority.is_default && priority.active);
      return [
        ...(hasDefault ? [] : [{ name: 'priority_id', why: 'no priority is the default one' }]),
        ...fields
          .filter((field) => isRequired(field, parsed, project))
          .map((field) => ({
            name: field.name,
            otherNames: [`cf_${field.id}`, String(field.id)],
            why: `required by the custom field ${field.id} in Redmine`,
          })),
      ];
    },
  };
}

/** The API does not show which projects a field is for, so every required field of the tracker counts. */
function isRequired(field: CustomField, target: RedmineTarget, project: Project): boolean {
  if (!field.is_required || (field.default_value ?? '') !== '') return false;
  if (String(field.id) === target.markerField) return false;
  const trackers = field.trackers ?? null;
  const trackerId = target.trackerId ?? String(project.trackers?.[0]?.id ?? '');
  return trackers === null || trackers.some(({ id }) => String(id) === trackerId);
}
