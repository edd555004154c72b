/** The query parameters that Craft.io's Swagger has for each path; both descriptions refuse any other. */
import type { Route } from '../http/mount.js';
import { craftError } from './errors.js';

const OF_ITEMS = [
  'fields',
  'page',
  'limit',
  'updated_from',
  'updated_to',
  'created_from',
  'created_to',
  'type',
  'parents',
  'keyword',
  'shortId',
  'status',
  'importance',
  'assignee',
  'sprint',
  'quarter',
  'labels',
  'createdBy',
] as const;

const OF_FEEDBACK = [
  'workspaceId',
  'page',
  'limit',
  'keyword',
  'shortId',
  'fields',
  'ids',
  'status',
  'internalStatus',
  'importance',
  'category',
  'company',
  'labels',
  'hasLinkedItems',
  'postedBy',
  'created_from',
  'created_to',
] as const;

/** A path that is missing here takes none: `/feedback_item`, unlike other single reads, has no `fields`. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  '/workspace/:id/custom_fields': ['includeOptions'],
  '/workspace/:id/items': OF_ITEMS,
  '/item/:id': ['fields'],
  '/portfolio/:id/items': OF_ITEMS,
  '/portfolio_item/:id': ['fields'],
  '/feedback_portal/:id/custom_fields': ['includeOptions'],
  '/feedback_portal/:id/categories': ['workspaceId'],
  '/feedback_portal/:id/feedback_items': OF_FEEDBACK,
};

export function documentedQuery(route: Route): Route {
  const known = route.method === 'GET' ? (DOCUMENTED[route.path] ?? []) : [];
  return {
    ...route,
    handle: (call) => {
      const unknown = [...call.query.keys()].find((name) => !known.includes(name));
      return unknown === undefined ? route.handle(call) : craftError(400, `no query parameter ${unknown}`);
    },
  };
}
