/**
 * Projects under folders: `parentProject` of a project is a folder. A task has no parent: it is in the project that
 * `target.projectId` names, whatever its Craft item's parent became.
 */
import type { Hierarchy } from '../../port/capabilities.js';
import { isRefusedById } from '../../../domain/errors.js';
import type { CraftnoteContext } from '../context.js';
import { readProject } from '../items.js';
import { readId } from '../mapping.js';
import { CraftnoteTarget } from '../target.js';

export function hierarchyOf(context: CraftnoteContext): Hierarchy {
  return {
    async accepts(target, parent, call) {
      if (CraftnoteTarget.parse(target).resource === 'task') {
        return {
          accepted: false,
          why: 'a Craftnote task is in the project of target.projectId, under nothing else',
        };
      }
      if (readId(parent.id).resource === 'task') {
        return { accepted: false, why: `${parent.id} is a task: only a folder has projects under it` };
      }
      const project = await unlessRefused(readProject(context, parent.id, call));
      if (project === null) return { accepted: false, why: `Craftnote has no project ${parent.id}` };
      if (project.projectType === 'FOLDER') return { accepted: true };
      const type = project.projectType ?? 'no type';
      return {
        accepted: false,
        why: `${parent.id} is not a folder but has the type ${type}: set projectType for parents`,
      };
    },
  };
}

/** A project that the key may not read is no parent. */
async function unlessRefused<T>(read: Promise<T | null>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (isRefusedById(error)) return null;
    throw error;
  }
}
