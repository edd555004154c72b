/**
 * The Craft.io account: its workspaces and portfolios, fields, terms, statuses, items and initiatives, and the writes
 * that keep them consistent. Feedback is in `feedbackWorld.ts`.
 */
import { ListLag } from '../world/listLag.js';
import type {
  CraftCustomField,
  CraftItem,
  CraftPortfolio,
  CraftStatus,
  CraftTerm,
  CraftUser,
  CraftWorkspace,
} from './model.js';
import type { By } from '../world/model.js';
import { scatter } from '../world/random.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';
import { FeedbackWorld } from './feedbackWorld.js';

/** A new item; what is left out is empty. `createdAtMs` back-dates it, for seeding. */
export interface NewCraftItem {
  /** A portfolio makes it an initiative. */
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
  readonly portfolios: Table<CraftPortfolio>;
  readonly terms: Table<CraftTerm>;
  readonly customFields: Table<CraftCustomField>;
  readonly statuses: Table<CraftStatus>;
  readonly importances: Table<CraftStatus>;
  readonly users: Table<CraftUser>;
  readonly items: Table<CraftItem>;
  readonly initiatives: Table<CraftItem>;
  readonly feedback: FeedbackWorld;
  readonly lag: ListLag<CraftItem>;

  constructor(private readonly base: WorldBase) {
    this.account = base.table('craft.account');
    this.workspaces = base.table('craft.workspaces');
    this.portfolios = base.table('craft.portfolios');
    this.terms = base.table('craft.terms');
    this.customFields = base.table('craft.customFields');
    this.statuses = base.table('craft.statuses');
    this.importances = base.table('craft.importances');
    this.users = base.table('craft.users');
    this.items = base.table('craft.items');
    this.initiatives = base.table('craft.initiatives');
    this.feedback = new FeedbackWorld(base, () => this.newId());
    this.lag = new ListLag(base.nowMs);
  }

  newId(): string {
    return craftId(this.base.seed, this.base.next('craft.id'));
  }

  /** From now on lists show writes `lagMs` later. */
  setLag(lagMs: number): void {
    this.lag.set(lagMs);
    this.feedback.lag.set(lagMs);
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

  /** A workspace or a portfolio. */
  place(id: string): CraftWorkspace | undefined {
    return this.workspaces.get(id) ?? this.portfolios.get(id);
  }

  /** The table that holds a work item or an initiative. */
  tableOf(id: string): Table<CraftItem> {
    return this.initiatives.get(id) === undefined ? this.items : this.initiatives;
  }

  /** A custom field of a workspace or portfolio, by id or by name. */
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
    const byId = this.tableOf(idOrShortId).get(idOrShortId);
    if (byId !== undefined) return byId;
    for (const table of [this.items, this.initiatives]) {
      for (const item of table.values()) if (item.shortId === idOrShortId) return item;
    }
    return undefined;
  }

  /** What lists show now of a workspace or portfolio, in order of creation. */
  listed(placeId: string): CraftItem[] {
    const seen: CraftItem[] = [];
    const table = this.portfolios.get(placeId) === undefined ? this.items : this.initiatives;
    for (const item of table.values()) {
      const shown = this.lag.see(item.id, item);
      if (shown !== null && shown.workspaceId === placeId) seen.push(shown);
    }
    return seen;
  }

  createItem(draft: NewCraftItem, by: By): CraftItem {
    const workspace = this.place(draft.workspaceId);
    if (workspace === undefined) throw new Error(`no workspace or portfolio ${draft.workspaceId}`);
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
    (this.portfolios.get(workspace.id) === undefined ? this.items : this.initiatives).put(item);
    this.base.tell({ by, side: 'craft', kind: 'created', what: 'item', id: item.id, key: item.shortId });
    return item;
  }

  updateItem(id: string, patch: CraftPatch, by: By): CraftItem {
    const table = this.tableOf(id);
    const before = table.get(id);
    if (before === undefined) throw new Error(`no Craft item ${id}`);
    const item: CraftItem = { ...before, ...patch, updateTime: this.base.now() };
    this.lag.remember(id, before);
    table.put(item);
    this.base.tell({ by, side: 'craft', kind: 'updated', what: 'item', id, key: item.shortId });
    return item;
  }

  deleteItem(id: string, by: By): void {
    const table = this.tableOf(id);
    const item = table.get(id);
    if (item === undefined) return;
    table.remove(id);
    this.base.tell({ by, side: 'craft', kind: 'deleted', what: 'item', id, key: item.shortId });
  }
}

const ID_BASE = 2_305_843_010_635_321_210n;

/** The n-th id: a numeric string above 2^53, rising with n. */
function craftId(seed: number, n: number): string {
  return (ID_BASE + (BigInt(n) << 16n) + scatter(seed, n, 16)).toString();
}
