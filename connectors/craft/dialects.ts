/**
 * Where the two descriptions of Craft.io's API disagree (design 6): the key's header, the address of an update, and how
 * a body names custom fields and a status. Everything else is the same in both.
 */
import type { CraftSource } from '../../domain/craftItem.js';
import type { CraftSettings } from '../../domain/settings.js';

/** A custom field in a body: one value, or several. */
export interface FieldWrite {
  readonly id: string;
  readonly value?: unknown;
  readonly values?: unknown;
}

/** One update with everything looked up. */
export interface Update {
  readonly source: Exclude<CraftSource, { readonly feedbackPortal: string }>;
  readonly id: string;
  /** Null sends no custom field. */
  readonly customFields: readonly FieldWrite[] | null;
  /** In the form that `statusBy` names. */
  readonly status: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface UpdateRequest {
  readonly path: string;
  readonly place: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Dialect {
  readonly name: CraftSettings['dialect'];
  readonly keyHeader: string;
  readonly statusBy: 'name' | 'id';
  /** Lists take the queries `type` and `shortId`. */
  readonly hasTypeAndShortIdQuery: boolean;
  /** Lists of work items take the query `updated_from`. */
  readonly hasUpdatedQuery: boolean;
  /**
   * The query `fields` is documented for single items and initiatives. Without it they may come whole, and refuse
   * `fields`.
   */
  readonly hasFieldsOfSingles: boolean;
  /** The custom fields of a feedback portal can be listed. */
  readonly hasPortalFields: boolean;
  /** `GET /me/api-key` shows what the key may do. */
  readonly describesKey: boolean;
  readonly update: (update: Update) => UpdateRequest;
}

const GUIDE: Dialect = {
  name: 'guide',
  keyHeader: 'x-craft-api-key',
  statusBy: 'name',
  hasTypeAndShortIdQuery: false,
  hasUpdatedQuery: false,
  hasFieldsOfSingles: false,
  hasPortalFields: false,
  describesKey: false,
  update({ source, id, customFields, status, properties }) {
    const body = {
      ...properties,
      ...(customFields !== null && {
        customFieldValues: customFields.map((field) => ({
          fieldId: field.id,
          value: field.value ?? field.values ?? null,
        })),
      }),
      ...(status !== null && { status }),
    };
    const item = encodeURIComponent(id);
    if ('workspace' in source) {
      const path = `/workspace/${encodeURIComponent(source.workspace)}/items/${item}`;
      return { path, place: 'PUT /workspace/{id}/items/{id}', body };
    }
    const path = `/portfolio/${encodeURIComponent(source.portfolio)}/items/${item}`;
    return { path, place: 'PUT /portfolio/{id}/items/{id}', body };
  },
};

const SWAGGER: Dialect = {
  name: 'swagger',
  keyHeader: 'x-api-key',
  statusBy: 'id',
  hasTypeAndShortIdQuery: true,
  hasUpdatedQuery: true,
  hasFieldsOfSingles: true,
  hasPortalFields: true,
  describesKey: true,
  update({ id, customFields, status, properties }) {
    const body = {
      ...properties,
      id,
      ...(customFields !== null && {
        customFields: customFields.map(({ id: field, value, values }) =>
          values === undefined ? { id: field, value: value ?? null } : { id: field, values },
        ),
      }),
      ...(status !== null && { status: { id: status } }),
    };
    return { path: '/item', place: 'PUT /item', body };
  },
};

const DIALECTS = { guide: GUIDE, swagger: SWAGGER } as const satisfies Record<CraftSettings['dialect'], Dialect>;

export function dialectOf(settings: Pick<CraftSettings, 'dialect'>): Dialect {
  return DIALECTS[settings.dialect];
}
