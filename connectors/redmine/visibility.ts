/**
 * Makes sure that what Redmine does not show is really not there.
 *
 * A Redmine that lets anybody look answers a key that it does not accept, or any key while its REST service is off,
 * with 200 and what anybody may see. And a key may be accepted but not see the project. So absence is believed only
 * once `/users/current.json` has answered and the project's issues can be listed.
 */
import type { ToolError } from '../../domain/errors.js';
import type { ReadCall } from '../port/calls.js';
import { currentUser, failure, getProject, isNotVisible, listIssues, type Redmine } from './requests.js';

/** Throws where the key is not accepted. */
export async function assertAccepted(redmine: Redmine, call: ReadCall): Promise<void> {
  await currentUser(redmine, call);
}

/** The filters for the issues of one project, without those of its subprojects. */
export function ofProject(projectId: string): Readonly<Record<string, string>> {
  return { project_id: projectId, subproject_id: '!*' };
}

/** Whether the key may list the project's issues: not where it is archived or hidden, or the role shows no issues. */
export async function seesProject(redmine: Redmine, projectId: string, call: ReadCall): Promise<boolean> {
  try {
    await listIssues(redmine, { ...ofProject(projectId), limit: '1' }, call);
  } catch (error) {
    if (!isNotVisible(error)) throw error;
    await assertAccepted(redmine, call);
    return false;
  }
  await assertAccepted(redmine, call);
  return true;
}

/**
 * Reads a project's issues. A project that the key cannot see proves nothing against the key, so the failure is
 * `not-found` and the other projects go on.
 */
export async function inProject<T>(
  redmine: Redmine,
  projectId: string,
  call: ReadCall,
  read: () => Promise<T>,
): Promise<T> {
  try {
    const value = await read();
    await assertAccepted(redmine, call);
    return value;
  } catch (error) {
    if (!isNotVisible(error)) throw error;
    await assertAccepted(redmine, call);
    throw notVisible(redmine, projectId, error);
  }
}

function notVisible(redmine: Redmine, projectId: string, error: ToolError): ToolError {
  const why = error.kind === 'forbidden' ? 'may not see its issues' : 'sees no such project';
  return failure(redmine, 'not-found', `GET /issues.json of the project ${projectId}: the key ${why}`);
}

/** The id of a project given by id or identifier. */
export async function projectIdOf(redmine: Redmine, idOrIdentifier: string, call: ReadCall): Promise<string> {
  if (/^\d+$/.test(idOrIdentifier)) return idOrIdentifier;
  try {
    return String((await getProject(redmine, idOrIdentifier, call)).id);
  } catch (error) {
    if (!isNotVisible(error)) throw error;
    await assertAccepted(redmine, call);
    throw failure(redmine, 'not-found', `GET /projects/{id}.json: the key sees no project "${idOrIdentifier}"`);
  }
}
