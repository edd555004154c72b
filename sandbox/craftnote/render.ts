/** The JSON of Craftnote's API, property by property as in its OpenAPI description. What has no value is left out. */
import type { Company, Member, Message, Project, Task } from './model.js';

/** What the JSON of one record says about others. */
export interface Related {
  childrenOf(folderId: string): readonly string[];
  company(): Company;
  readonly members: { get(id: string): Member | undefined };
}

/** `creationDate` is in the README's example of a list, not in the description. */
export function renderProject(world: Related, project: Project): unknown {
  return {
    id: project.id,
    name: project.name,
    projectType: project.projectType,
    creationDate: project.creationDate,
    ...project.parts,
    ...(project.projectType === 'FOLDER' ? { projects: world.childrenOf(project.id) } : {}),
    archived: project.archived,
  };
}

export function renderTask(world: Related, task: Task): unknown {
  const assignee = task.assigneeId === null ? undefined : world.members.get(task.assigneeId);
  return {
    id: task.id,
    projectId: task.projectId,
    companyId: world.company().id,
    title: task.title,
    description: task.description,
    assigneeId: task.assigneeId,
    assignee: assignee === undefined ? null : `${assignee.lastname}, ${assignee.name}`,
    creatorId: task.creatorId,
    lastChangeByUser: task.lastChangeByUser,
    createdTimestamp: task.createdTimestamp,
    lastEditedTimestamp: task.lastEditedTimestamp,
    deadlineTimestamp: task.deadlineTimestamp,
    repeatType: task.repeatType,
    done: task.done,
    isDeleted: task.isDeleted,
  };
}

export function renderMessage(message: Message): unknown {
  const { id, projectId, author, authorId, content, timestamp, deletedTimestamp } = message;
  const deleted = deletedTimestamp !== null;
  const about = { id, projectId, author, authorId, content, messageType: 'TEXT', status: 'sent', timestamp };
  return { ...about, deleted, deletedTimestamp };
}
