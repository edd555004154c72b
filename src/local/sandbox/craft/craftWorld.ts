/** The Craft.io account: its workspaces, fields, statuses and items, and the writes that keep them consistent. */
import { ListLag } from '../listLag.js';
import type { By, CraftCustomField, CraftItem, CraftStatus, CraftUser, CraftWorkspace } from '../model.js';
import { craftId } from '../random.js';
import type { Table } from '../table.js';
import type { WorldBase } from '../world.js';

/** A new item; what is left out is empty. `createdAtMs` back-dates it, for seeding. */
export interface NewCraftItem {
  readonly workspaceId: string;
  readonly type: string;
  readonly title: string;
  readonly parentId?: string | null;
  readonly description?: string | null;
  readonly statusId?: string | null;
  readonly importanceId?: string | null;
  readonly assigneeId?: string | null;
  readonly createdById?: string;
  readonly effort?: number | null;
  readonly labels?: readonly string[];
  readonly other?: CraftItem['other'];
  readonly customFields?: CraftItem['customFields'];
  readonly createdAtMs?: number;
}

export type CraftPatch = Partial<Omit<CraftItem, 'id' | 'shortId' | 'creationTime' | 'updateTime' | 'createdById'>>;

export class CraftWorld {
  readonly account: Table<{ readonly id: string; readonly name: string }>;
  readonly workspaces: Table<CraftWorkspace>;
  readonly customFields: Table<CraftCustomField>;
  readonly statuses: Table<CraftStatus>;
  readonly importances: Table<CraftStatus>;
  readonly users: Table<CraftUser>;
  readonly items: Table<CraftItem>;
  readonly lag: ListLag<CraftItem>;

  constructor(private readonly base: WorldBase) {
    this.account = base.table('craft.account');
    this.workspaces = base.table('craft.workspaces');
    this.customFields = base.table('craft.customFields');
    this.statuses = base.table('craft.statuses');
    this.importances = base.table('craft.importances');
    this.users = base.table('craft.users');
    this.items = base.table('craft.items');
    this.lag = new ListLag(base.nowMs);
  }

  newId(): string {
    return craftId(this.base.seed, this.base.next('craft.id'));
  }

  accountId(): string {
    const account = [...this.account.values()][0];
    if (account === undefined) throw new Error('the world has no Craft.io account');
    return account.id;
  }

  statusNamed(name: string): CraftStatus | undefined {
    for (const status of this.statuses.values()) if (status.name === name) return status;
    return undefined;
  }

  /** A custom field of a workspace, by id or by name. */
  field(workspaceId: string, idOrName: string): CraftCustomField | undefined {
    for (const field of this.customFields.values()) {
      if (field.workspaceId === workspaceId && (field.id === idOrName || field.name === idOrName)) return field;
    }
    return undefined;
  }

  /** The value of a custom field by its name; null where it has none. */
  valueOf(item: CraftItem, fieldName: string): string | number | null {
    const field = this.field(item.workspaceId, fieldName);
    return field === undefined ? null : (item.customFields[field.id] ?? null);
  }

  /** By id or by short id. */
  find(idOrShortId: string): CraftItem | undefined {
    const byId = this.items.get(idOrShortId);
    if (byId !== undefined) return byId;
    for (const item of this.items.values()) if (item.shortId === idOrShortId) return item;
    return undefined;
  }

  /** What lists show now of a workspace, in order of creation. */
  listed(workspaceId: string): CraftItem[] {
    const seen: CraftItem[] = [];
    for (const item of this.items.values()) {
      const shown = this.lag.see(item.id, item);
      if (shown !== null && shown.workspaceId === workspaceId) seen.push(shown);
    }
    return seen;
  }

  createItem(draft: NewCraftItem, by: By): CraftItem {
    const workspace = this.workspaces.get(draft.workspaceId);
    if (workspace === undefined) throw new Error(`no workspace ${draft.workspaceId}`);
    const at = new Date(draft.createdAtMs ?? this.base.nowMs()).toISOString();
    const creator = draft.createdById ?? [...this.users.values()][0]?.id ?? this.accountId();
    const item: CraftItem = {
      id: this.newId(),
      shortId: `${workspace.prefix}-${100 + this.base.next(`craft.short.${workspace.id}`)}`,
      workspaceId: workspace.id,
      type: draft.type,
      title: draft.title,
      description: draft.description ?? null,
      statusId: draft.statusId ?? null,
      parentId: draft.parentId ?? null,
      importanceId: draft.importanceId ?? null,
      assigneeId: draft.assigneeId ?? null,
      createdById: creator,
      effort: draft.effort ?? null,
      labels: draft.labels ?? [],
      other: draft.other ?? {},
      customFields: draft.customFields ?? {},
      creationTime: at,
      updateTime: at,
    };
    this.lag.remember(item.id, null);
    this.items.put(item);
    this.base.tell({ by, side: 'craft', kind: 'created', what: 'item', id: item.id, key: item.shortId });
    return item;
  }

  updateItem(id: string, patch: CraftPatch, by: By): CraftItem {
    const before = this.items.get(id);
    if (before === undefined) throw new Error(`no Craft item ${id}`);
    const item: CraftItem = { ...before, ...patch, updateTime: this.base.now() };
    this.lag.remember(id, before);
    this.items.put(item);
    this.base.tell({ by, side: 'craft', kind: 'updated', what: 'item', id, key: item.shortId });
    return item;
  }

  deleteItem(id: string, by: By): void {
    const item = this.items.get(id);
    if (item === undefined) return;
    this.items.remove(id);
    this.base.tell({ by, side: 'craft', kind: 'deleted', what: 'item', id, key: item.shortId });
  }
}
