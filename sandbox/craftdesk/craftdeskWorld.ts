/** The CraftDesk workspaces: their projects, and the writes that keep them consistent. */
import { ListLag } from '../world/listLag.js';
import type { By } from '../world/model.js';
import { seededRandom } from '../world/random.js';
import type { Table } from '../world/table.js';
import type { WorldBase } from '../world/worldBase.js';

/** The workspace of the configured key. The other one is there so that the key can be refused. */
export const OWN_WORKSPACE = 'workspace';
export const OTHER_WORKSPACE = 'other-workspace';

/** The document names no statuses, so these are chosen. Being archived is not a status but separate from it. */
export const STATUSES = ['planned', 'in_progress', 'in_review', 'completed'] as const;

export interface Project {
  /** A UUID. */
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string | null;
  readonly status: string;
  /** Came over the API. */
  readonly isDelivered: boolean;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  /** With milliseconds; the API shows whole seconds. */
  readonly updatedAt: string;
}

export type ProjectPatch = Partial<Pick<Project, 'name' | 'description' | 'status' | 'archivedAt'>>;

/** What webhooks report; listeners of the world hear less. */
export type ProjectEvent = 'created' | 'updated' | 'deleted' | 'archived' | 'unarchived';

export class CraftdeskWorld {
  readonly projects: Table<Project>;
  readonly lag: ListLag<Project>;
  /** Hears of each change after it was made. */
  onEvent: (event: ProjectEvent, project: Project, by: By) => void = () => undefined;

  constructor(private readonly base: WorldBase) {
    this.projects = base.table('craftdesk.projects');
    this.lag = new ListLag(base.nowMs);
  }

  nowMs(): number {
    return this.base.nowMs();
  }

  seed(): void {
    const at = new Date(this.base.nowMs() - 200 * 86_400_000).toISOString();
    for (const [name, workspaceId] of [
      ['Website redesign', OWN_WORKSPACE],
      ['Move to the new office', OWN_WORKSPACE],
      ['Secret plans', OTHER_WORKSPACE],
    ] as const) {
      this.create({ workspaceId, name, description: null, createdAt: at, isDelivered: false }, 'seed');
    }
  }

  reset(): void {
    for (const id of [...this.projects.values()].map((project) => project.id)) this.projects.remove(id);
    this.seed();
  }

  /** What lists of a workspace show now, in order of creation. */
  listed(workspaceId: string): Project[] {
    const shown = [...this.projects.values()].map((project) => this.lag.see(project.id, project));
    return shown.filter((project) => project?.workspaceId === workspaceId) as Project[];
  }

  create(
    draft: Pick<Project, 'workspaceId' | 'name' | 'description' | 'isDelivered'> & { readonly createdAt?: string },
    by: By,
  ): Project {
    const at = draft.createdAt ?? this.base.now();
    const project: Project = {
      id: uuid(this.base.seed, this.base.next('craftdesk.id')),
      ...draft,
      slug: this.slug(draft.name),
      status: STATUSES[0],
      archivedAt: null,
      createdAt: at,
      updatedAt: at,
    };
    this.lag.remember(project.id, null);
    this.projects.put(project);
    this.tell('created', project, by);
    return project;
  }

  update(id: string, patch: ProjectPatch, by: By): Project {
    const before = this.projects.get(id);
    if (before === undefined) throw new Error(`no project ${id}`);
    this.lag.remember(id, before);
    const project = this.projects.put({ ...before, ...patch, updatedAt: this.base.now() });
    this.tell(eventOf(before, project), project, by);
    return project;
  }

  delete(id: string, by: By): void {
    const project = this.projects.get(id);
    if (project === undefined) return;
    this.projects.remove(id);
    this.tell('deleted', project, by);
  }

  private slug(name: string): string {
    const slug = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60);
    return [...this.projects.values()].some((project) => project.slug === slug)
      ? `${slug}-${this.base.next('craftdesk.slug')}`
      : slug;
  }

  private tell(event: ProjectEvent, project: Project, by: By): void {
    const kind = event === 'created' || event === 'deleted' ? event : 'updated';
    this.base.tell({ by, side: 'craftdesk', kind, what: 'work-item', id: project.id, key: null });
    this.onEvent(event, project, by);
  }
}

function eventOf(before: Project, after: Project): ProjectEvent {
  if (before.archivedAt === null && after.archivedAt !== null) return 'archived';
  return before.archivedAt !== null && after.archivedAt === null ? 'unarchived' : 'updated';
}

/** The nth id of a seed, in the form of a UUID of version 4. */
function uuid(seed: number, n: number): string {
  const random = seededRandom(seed * 1_000_003 + n);
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '8';
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
