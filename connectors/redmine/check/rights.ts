/** Compares the rights of the key's roles in a project with those that craftsync needs (docs/rights.md). */
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { Checked } from './checked.js';
import { listed, ok, probe, warning, wrong } from '../../findings.js';
import { getRole } from '../requests.js';

/** Redmine's names of permissions → what its pages call them. */
const NEEDED = { view_issues: 'View issues', add_issues: 'Add issues' } as const;
const WANTED = { add_issue_notes: 'Add notes' } as const;
/** Rights that a stolen key should not have. */
const TOO_MUCH = {
  delete_issues: 'Delete issues',
  edit_project: 'Edit project',
  manage_members: 'Manage members',
  delete_project: 'Delete the project',
} as const;

export async function rightsFindings(checked: Checked, call: ReadCall): Promise<readonly Finding[]> {
  const { context, user, project, target, keyAt } = checked;
  if (user.admin) return [];
  const roles = user.memberships?.find((membership) => membership.project.id === project.id)?.roles ?? [];
  if (roles.length === 0) {
    return [
      warning(keyAt, `the user "${user.login}" is not a member of "${project.name}": its rights there are not shown`),
    ];
  }
  const read = await probe(keyAt, keyAt, async () => {
    const permissions = new Set<string>();
    for (const { id } of roles)
      for (const name of (await getRole(context.redmine, id, call)).permissions) permissions.add(name);
    return permissions;
  });
  if ('finding' in read) return [read.finding];
  const held = read.value;
  const lacking = (rights: Readonly<Record<string, string>>) =>
    Object.entries(rights).flatMap(([permission, name]) => (held.has(permission) ? [] : [name]));
  const role = `the role ${listed(roles.map(({ name }) => name))} in "${project.name}"`;
  const needed = lacking({
    ...NEEDED,
    ...(target.parentIssueId === undefined ? {} : { manage_subtasks: 'Manage subtasks' }),
  });
  const wanted = lacking(WANTED);
  const excess = Object.entries(TOO_MUCH).flatMap(([permission, name]) => (held.has(permission) ? [name] : []));
  return [
    needed.length > 0
      ? wrong(keyAt, `${role} lacks the right ${listed(needed)}`)
      : ok(keyAt, `${role} may see and add issues`),
    ...(wanted.length > 0 ? [warning(keyAt, `${role} lacks the right ${listed(wanted)}: no comments are made`)] : []),
    ...(excess.length > 0 ? [warning(keyAt, `${role} has more rights than are needed: ${listed(excess)}`)] : []),
  ];
}
