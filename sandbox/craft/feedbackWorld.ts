/** The feedback portals of the Craft.io account: their categories and statuses, and the feedback in them. */
import { ListLag } from '../world/listLag.js';
import type { CraftFeedback, CraftPortal, CraftPortalEntry } from './model.js';
import type { By } from '../world/model.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';

/** `createdAtMs` back-dates it, for seeding. */
export type NewFeedback = Pick<CraftFeedback, 'portalId' | 'title'> &
  Partial<Omit<CraftFeedback, 'id' | 'shortId' | 'creationTime'>> & { readonly createdAtMs?: number };

export class FeedbackWorld {
  readonly portals: Table<CraftPortal>;
  readonly categories: Table<CraftPortalEntry>;
  readonly statuses: Table<CraftPortalEntry>;
  readonly items: Table<CraftFeedback>;
  readonly lag: ListLag<CraftFeedback>;

  constructor(
    private readonly base: WorldBase,
    private readonly newId: () => string,
  ) {
    this.portals = base.table('craft.portals');
    this.categories = base.table('craft.portalCategories');
    this.statuses = base.table('craft.portalStatuses');
    this.items = base.table('craft.feedback');
    this.lag = new ListLag(base.nowMs);
  }

  /** What lists show now of a portal, in order of creation. */
  listed(portalId: string): CraftFeedback[] {
    const seen: CraftFeedback[] = [];
    for (const item of this.items.values()) {
      const shown = this.lag.see(item.id, item);
      if (shown !== null && shown.portalId === portalId) seen.push(shown);
    }
    return seen;
  }

  statusNamed(portalId: string, nameOrId: string): CraftPortalEntry | undefined {
    return [...this.statuses.values()].find(
      (status) => status.portalId === portalId && (status.name === nameOrId || status.id === nameOrId),
    );
  }

  create(draft: NewFeedback, by: By): CraftFeedback {
    const portal = this.portals.get(draft.portalId);
    if (portal === undefined) throw new Error(`no feedback portal ${draft.portalId}`);
    const { createdAtMs, ...given } = draft;
    const feedback: CraftFeedback = {
      id: this.newId(),
      shortId: `${portal.prefix}-${this.base.next(`craft.short.${portal.id}`)}`,
      description: '',
      categoryId: null,
      statusId: [...this.statuses.values()].find(({ portalId }) => portalId === portal.id)?.id ?? null,
      submitter: null,
      linkedItemIds: [],
      ...given,
      creationTime: new Date(createdAtMs ?? this.base.nowMs()).toISOString(),
    };
    this.lag.remember(feedback.id, null);
    this.items.put(feedback);
    this.tell(by, 'created', feedback);
    return feedback;
  }

  update(id: string, patch: Partial<Omit<CraftFeedback, 'id' | 'shortId' | 'portalId'>>, by: By): CraftFeedback {
    const before = this.items.get(id);
    if (before === undefined) throw new Error(`no feedback ${id}`);
    this.lag.remember(id, before);
    const feedback = this.items.put({ ...before, ...patch });
    this.tell(by, 'updated', feedback);
    return feedback;
  }

  /** Feedback that is linked to a work item or an initiative, in order of creation. */
  linkedTo(itemId: string): readonly CraftFeedback[] {
    return [...this.items.values()].filter(({ linkedItemIds }) => linkedItemIds.includes(itemId));
  }

  private tell(by: By, kind: 'created' | 'updated', { id, shortId }: CraftFeedback): void {
    this.base.tell({ by, side: 'craft', kind, what: 'feedback', id, key: shortId });
  }
}
