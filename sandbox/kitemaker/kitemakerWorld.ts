/** The Kitemaker organisation: spaces, labels, work items and their parts, and the writes that keep them consistent. */
import { ListLag } from '../world/listLag.js';
import type { Actor, Comment, Feedback, Initiative, Label, Space, Status, WorkItem } from './model.js';
import type { By } from '../world/model.js';
import { scatter } from '../world/random.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';

export type NewWorkItem = Pick<WorkItem, 'spaceId' | 'statusId' | 'title' | 'actorId'> &
  Partial<Pick<WorkItem, 'description' | 'labelIds' | 'memberIds' | 'watcherIds' | 'effort' | 'impact' | 'sort'>> & {
    /** Back-dates it: seeding, and GraphQL's `createdAt`. */
    readonly createdAt?: string;
    readonly updatedAt?: string;
    readonly placement?: 'top' | 'bottom';
  };

export type WorkItemPatch = Partial<
  Pick<
    WorkItem,
    'title' | 'description' | 'statusId' | 'sort' | 'labelIds' | 'memberIds' | 'watcherIds' | 'effort' | 'impact'
  >
>;

interface Organization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export class KitemakerWorld {
  readonly organizations: Table<Organization>;
  readonly spaces: Table<Space>;
  readonly labels: Table<Label>;
  readonly actors: Table<Actor>;
  readonly workItems: Table<WorkItem>;
  readonly comments: Table<Comment>;
  readonly initiatives: Table<Initiative>;
  readonly feedback: Table<Feedback>;
  readonly lag: ListLag<WorkItem>;
  readonly commentLag: ListLag<Comment>;

  constructor(private readonly base: WorldBase) {
    this.organizations = base.table('kitemaker.organizations');
    this.spaces = base.table('kitemaker.spaces');
    this.labels = base.table('kitemaker.labels');
    this.actors = base.table('kitemaker.actors');
    this.workItems = base.table('kitemaker.workItems');
    this.comments = base.table('kitemaker.comments');
    this.initiatives = base.table('kitemaker.initiatives');
    this.feedback = base.table('kitemaker.feedback');
    this.lag = new ListLag(base.nowMs);
    this.commentLag = new ListLag(base.nowMs);
  }

  newId(): string {
    return kitemakerId(this.base.seed, this.base.next('kitemaker.id'));
  }

  now(): string {
    return this.base.now();
  }

  nowMs(): number {
    return this.base.nowMs();
  }

  setLag(lagMs: number): void {
    for (const lag of [this.lag, this.commentLag]) lag.set(lagMs);
  }

  nextNumber(series: 'initiative' | 'feedback'): number {
    return this.base.next(`kitemaker.${series}`);
  }

  organization(): Organization {
    const organization = [...this.organizations.values()][0];
    if (organization === undefined) throw new Error('the world has no Kitemaker organisation');
    return organization;
  }

  /** The application whose token the API key is. */
  application(): Actor {
    for (const actor of this.actors.values()) if (actor.type === 'application') return actor;
    throw new Error('the world has no application');
  }

  space(idOrKey: string): Space | undefined {
    const byId = this.spaces.get(idOrKey);
    if (byId !== undefined) return byId;
    for (const space of this.spaces.values()) if (space.key === idOrKey) return space;
    return undefined;
  }

  statusOf(item: WorkItem): Status {
    const status = this.status(item.statusId)?.status;
    if (status === undefined) throw new Error(`work item ${item.id} has no status`);
    return status;
  }

  status(statusId: string): { readonly space: Space; readonly status: Status } | undefined {
    for (const space of this.spaces.values()) {
      const status = space.statuses.find((candidate) => candidate.id === statusId);
      if (status !== undefined) return { space, status };
    }
    return undefined;
  }

  key(item: WorkItem): string {
    return `${this.spaces.get(item.spaceId)?.key ?? '?'}-${item.number}`;
  }

  /** By key (`MOB-12`). */
  byKey(key: string): WorkItem | undefined {
    for (const item of this.workItems.values()) if (this.key(item) === key) return item;
    return undefined;
  }

  /** By id or key. */
  find(idOrKey: string): WorkItem | undefined {
    return this.workItems.get(idOrKey) ?? this.byKey(idOrKey);
  }

  /** What lists show now, in order of creation; null: all spaces. */
  listed(spaceId: string | null): WorkItem[] {
    const seen: WorkItem[] = [];
    for (const item of this.workItems.values()) {
      const shown = this.lag.see(item.id, item);
      if (shown !== null && (spaceId === null || shown.spaceId === spaceId)) seen.push(shown);
    }
    return seen;
  }

  commentsOf(workItemId: string): Comment[] {
    return [...this.comments.values()].filter((comment) => comment.workItemId === workItemId);
  }

  createWorkItem(draft: NewWorkItem, by: By): WorkItem {
    const at = this.base.now();
    const createdAt = draft.createdAt ?? at;
    const number = this.base.next(`kitemaker.number.${draft.spaceId}`);
    const item: WorkItem = {
      id: this.newId(),
      spaceId: draft.spaceId,
      number,
      title: draft.title,
      description: draft.description ?? '',
      statusId: draft.statusId,
      // Lower sorts first: new items are first in their column unless they ask for the bottom (sources: Kitemaker).
      sort: draft.sort ?? (draft.placement === 'bottom' ? `z${pad(number)}` : `a${pad(9_999_999 - number)}`),
      labelIds: draft.labelIds ?? [],
      memberIds: draft.memberIds ?? [],
      watcherIds: draft.watcherIds ?? [],
      effort: draft.effort ?? null,
      impact: draft.impact ?? null,
      actorId: draft.actorId,
      closedAt: this.closes(draft.statusId) ? createdAt : null,
      archivedAt: null,
      createdAt,
      updatedAt: draft.updatedAt ?? createdAt,
    };
    this.lag.remember(item.id, null);
    this.workItems.put(item);
    this.tell('created', item, by);
    return item;
  }

  updateWorkItem(id: string, patch: WorkItemPatch, by: By): WorkItem {
    const before = this.workItems.get(id);
    if (before === undefined) throw new Error(`no work item ${id}`);
    const at = this.base.now();
    const next = { ...before, ...patch };
    const spaceId = this.status(next.statusId)?.space.id ?? before.spaceId;
    const item: WorkItem = {
      ...next,
      spaceId,
      // In another space it gets that space's next number; its old key is not used again.
      number: spaceId === before.spaceId ? before.number : this.base.next(`kitemaker.number.${spaceId}`),
      closedAt: this.closes(next.statusId) ? (before.closedAt ?? at) : null,
      updatedAt: at,
    };
    this.lag.remember(id, before);
    this.workItems.put(item);
    this.tell('updated', item, by);
    return item;
  }

  /** Only people delete: Kitemaker's API cannot. */
  deleteWorkItem(id: string, by: By): void {
    const item = this.workItems.get(id);
    if (item === undefined) return;
    for (const comment of this.commentsOf(id)) this.comments.remove(comment.id);
    this.workItems.remove(id);
    this.tell('deleted', item, by);
  }

  /** The status that an item gets in another space: that of the same name, else of the same type, else the default. */
  statusIn(space: Space, like: Status): Status {
    const status =
      space.statuses.find((candidate) => candidate.name === like.name) ??
      space.statuses.find((candidate) => candidate.type === like.type) ??
      space.statuses.find((candidate) => candidate.default) ??
      space.statuses[0];
    if (status === undefined) throw new Error(`space ${space.key} has no statuses`);
    return status;
  }

  createComment(draft: Pick<Comment, 'workItemId' | 'body' | 'actorId'> & { threadId?: string }, by: By): Comment {
    const at = this.base.now();
    const comment: Comment = {
      id: this.newId(),
      workItemId: draft.workItemId,
      body: draft.body,
      actorId: draft.actorId,
      threadId: draft.threadId ?? this.newId(),
      reply: draft.threadId !== undefined,
      createdAt: at,
      updatedAt: at,
    };
    this.commentLag.remember(comment.id, null);
    this.comments.put(comment);
    this.base.tell({ by, side: 'kitemaker', kind: 'created', what: 'comment', id: comment.id, ...this.on(comment) });
    return comment;
  }

  updateComment(id: string, body: string, by: By): Comment {
    const before = this.comments.get(id);
    if (before === undefined) throw new Error(`no comment ${id}`);
    this.commentLag.remember(id, before);
    const comment = this.comments.put({ ...before, body, updatedAt: this.base.now() });
    this.base.tell({ by, side: 'kitemaker', kind: 'updated', what: 'comment', id, ...this.on(comment) });
    return comment;
  }

  createLabel(draft: Pick<Label, 'spaceId' | 'name' | 'color'>, by: By): Label {
    const at = this.base.now();
    const label = this.labels.put({ id: this.newId(), ...draft, createdAt: at, updatedAt: at });
    this.base.tell({ by, side: 'kitemaker', kind: 'created', what: 'label', id: label.id, key: null });
    return label;
  }

  private on({ workItemId }: Comment): { readonly key: null; readonly on?: string } {
    const item = this.workItems.get(workItemId);
    return { key: null, ...(item !== undefined && { on: this.key(item) }) };
  }

  private closes(statusId: string): boolean {
    const type = this.status(statusId)?.status.type;
    return type === 'DONE' || type === 'ARCHIVED';
  }

  private tell(kind: 'created' | 'updated' | 'deleted', item: WorkItem, by: By): void {
    this.base.tell({ by, side: 'kitemaker', kind, what: 'work-item', id: item.id, key: this.key(item) });
  }
}

function pad(n: number): string {
  return String(n).padStart(7, '0');
}

const ID_BASE = 0x2463901f_00000000n;

/** The n-th id: 16 hexadecimal digits, rising with n. */
function kitemakerId(seed: number, n: number): string {
  return (ID_BASE + (BigInt(n) << 16n) + scatter(seed, n, 16)).toString(16).padStart(16, '0');
}
