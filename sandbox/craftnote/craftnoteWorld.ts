/** The Craftnote company: projects, folders, tasks, messages, webhooks, and the writes that keep them consistent. */
import { createHash } from 'node:crypto';
import { ListLag } from '../world/listLag.js';
import type { By, WorldChange } from '../world/model.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';
import type {
  Company,
  Member,
  Message,
  Project,
  ProjectStatus,
  ResourceEvent,
  Task,
  Webhook,
  WebhookEvent,
} from './model.js';
import { renderMessage, renderProject, renderTask } from './render.js';

export type NewProject = Pick<Project, 'name' | 'parts'> & Partial<Pick<Project, 'projectType' | 'archived'>>;
export type ProjectPatch = Partial<Pick<Project, 'name' | 'projectType' | 'archived' | 'parts'>>;
export type NewTask = Pick<Task, 'projectId' | 'title'> & Partial<Pick<Task, 'description' | 'assigneeId'>>;
export type TaskPatch = Partial<
  Pick<Task, 'title' | 'description' | 'assigneeId' | 'deadlineTimestamp' | 'repeatType' | 'done' | 'isDeleted'>
>;

export class CraftnoteWorld {
  readonly companies: Table<Company>;
  readonly members: Table<Member>;
  readonly statuses: Table<ProjectStatus>;
  readonly projects: Table<Project>;
  readonly tasks: Table<Task>;
  readonly messages: Table<Message>;
  readonly webhooks: Table<Webhook>;
  private readonly projectLag: ListLag<Project>;
  private readonly taskLag: ListLag<Task>;
  private readonly messageLag: ListLag<Message>;
  private tellWebhooks: (event: ResourceEvent) => void = () => undefined;

  constructor(private readonly base: WorldBase) {
    this.companies = base.table('craftnote.companies');
    this.members = base.table('craftnote.members');
    this.statuses = base.table('craftnote.statuses');
    this.projects = base.table('craftnote.projects');
    this.tasks = base.table('craftnote.tasks');
    this.messages = base.table('craftnote.messages');
    this.webhooks = base.table('craftnote.webhooks');
    this.projectLag = new ListLag(base.nowMs);
    this.taskLag = new ListLag(base.nowMs);
    this.messageLag = new ListLag(base.nowMs);
  }

  /** Calls `tell` for each change over the API or by people, not for what is seeded. */
  onEvent(tell: (event: ResourceEvent) => void): void {
    this.tellWebhooks = tell;
  }

  setLag(lagMs: number): void {
    for (const lag of [this.projectLag, this.taskLag, this.messageLag]) lag.set(lagMs);
  }

  /** Looks like a UUID of version 4, in no order, but is the same for the same seed. */
  newId(): string {
    const text = `craftnote ${this.base.seed} ${this.base.next('craftnote.id')}`;
    const hex = createHash('sha256').update(text).digest('hex').toUpperCase();
    const parts = [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `A${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ];
    return parts.join('-');
  }

  seconds(): number {
    return Math.floor(this.base.nowMs() / 1_000);
  }

  company(): Company {
    const [company] = this.companies.values();
    if (company === undefined) throw new Error('the world has no Craftnote company');
    return company;
  }

  /** The member that the API key belongs to. */
  owner(): Member {
    for (const member of this.members.values()) if (member.role === 'OWNER') return member;
    throw new Error('the company has no owner');
  }

  /** Ids of the projects in a folder. */
  childrenOf(folderId: string): string[] {
    return [...this.projects.values()].filter(({ parts }) => parts.parentProject === folderId).map(({ id }) => id);
  }

  /** What lists show now. */
  listedProjects(): Project[] {
    return [...this.projects.values()].flatMap((project) => this.projectLag.see(project.id, project) ?? []);
  }

  listedTasks(projectId: string): Task[] {
    return [...this.tasks.values()]
      .flatMap((task) => this.taskLag.see(task.id, task) ?? [])
      .filter((task) => task.projectId === projectId);
  }

  listedMessages(projectId: string): Message[] {
    return [...this.messages.values()]
      .flatMap((message) => this.messageLag.see(message.id, message) ?? [])
      .filter((message) => message.projectId === projectId);
  }

  createProject(draft: NewProject, by: By): Project {
    const project: Project = {
      projectType: 'PROJECT',
      archived: false,
      ...draft,
      id: this.newId(),
      creationDate: this.seconds(),
      changedAt: this.base.now(),
      madeBy: by,
    };
    this.projectLag.remember(project.id, null);
    this.projects.put(project);
    this.tell(by, 'created', 'work-item', project.id);
    this.event(by, 'project.created', `projects/${project.id}`, renderProject(this, project), null);
    return project;
  }

  updateProject(before: Project, patch: ProjectPatch, by: By): Project {
    const previous = renderProject(this, before);
    const project = { ...before, ...patch, changedAt: this.base.now() };
    this.projectLag.remember(project.id, before);
    this.projects.put(project);
    this.tell(by, 'updated', 'work-item', project.id);
    this.event(by, 'project.updated', `projects/${project.id}`, renderProject(this, project), previous);
    return project;
  }

  /** Only people delete projects. The projects of a deleted folder are then in no folder. */
  deleteProject(project: Project, by: By): void {
    for (const childId of this.childrenOf(project.id)) {
      const child = this.projects.get(childId);
      if (child !== undefined) this.projects.put({ ...child, parts: { ...child.parts, parentProject: undefined } });
    }
    for (const task of [...this.tasks.values()]) if (task.projectId === project.id) this.tasks.remove(task.id);
    for (const message of [...this.messages.values()]) {
      if (message.projectId === project.id) this.messages.remove(message.id);
    }
    this.projects.remove(project.id);
    this.tell(by, 'deleted', 'work-item', project.id);
  }

  createTask(draft: NewTask, by: By): Task {
    const now = this.seconds();
    const memberId = this.owner().id;
    const task: Task = {
      description: null,
      assigneeId: null,
      ...draft,
      id: this.newId().toLowerCase(),
      creatorId: memberId,
      lastChangeByUser: memberId,
      createdTimestamp: now,
      lastEditedTimestamp: now,
      deadlineTimestamp: null,
      repeatType: 'NEVER',
      done: false,
      isDeleted: false,
      changedAt: this.base.now(),
      madeBy: by,
    };
    this.taskLag.remember(task.id, null);
    this.tasks.put(task);
    this.tell(by, 'created', 'work-item', task.id);
    this.event(by, 'task.created', `tasks/${task.id}`, renderTask(this, task), null);
    return task;
  }

  updateTask(before: Task, patch: TaskPatch, by: By): Task {
    const task = { ...before, ...patch, lastEditedTimestamp: this.seconds(), changedAt: this.base.now() };
    this.taskLag.remember(task.id, before);
    this.tasks.put(task);
    this.tell(by, task.isDeleted ? 'deleted' : 'updated', 'work-item', task.id);
    this.event(by, 'task.updated', `tasks/${task.id}`, renderTask(this, task), renderTask(this, before));
    return task;
  }

  createMessage(draft: Pick<Message, 'projectId' | 'content'>, member: Member, by: By): Message {
    const message: Message = {
      ...draft,
      id: this.newId(),
      author: `${member.name} ${member.lastname}`,
      authorId: member.id,
      timestamp: this.seconds(),
      deletedTimestamp: null,
    };
    this.messageLag.remember(message.id, null);
    this.messages.put(message);
    this.tell(by, 'created', 'comment', message.id);
    this.event(by, 'message.created', `messages/${message.id}`, renderMessage(message), null);
    return message;
  }

  private tell(by: By, kind: WorldChange['kind'], what: WorldChange['what'], id: string): void {
    this.base.tell({ by, side: 'craftnote', kind, what, id, key: null });
  }

  private event(by: By, event: WebhookEvent, resourceId: string, data: unknown, previousData: unknown): void {
    if (by !== 'seed') this.tellWebhooks({ event, resourceId, data, previousData });
  }
}
