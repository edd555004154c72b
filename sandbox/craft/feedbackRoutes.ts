/**
 * Feedback portals (sources: Craft.io API): portals, categories, feedback items, and the one write that is
 * documented, plain feedback. The same in both descriptions; there is no way to change or delete feedback.
 */
import { z } from 'zod';
import type { Answer, Call, Route } from '../http/mount.js';
import type { CraftFeedback, CraftPortal } from './model.js';
import type { CraftWorld } from './craftWorld.js';
import { craftError, validationError } from './errors.js';
import { detailsOf } from './itemUpdate.js';
import { pageOf } from './listQuery.js';
import { partOf, renderFeedback } from './render.js';

/** The documented default of `limit` for feedback. */
const DEFAULT_PER_PAGE = 25;

/** "Plain feedback stands for title, description and category" in the document; a submitter may be given too. */
const PlainFeedback = z.strictObject({
  title: z.string().min(1),
  description: z.string().optional(),
  categoryId: z.string().optional(),
  submitter: z.string().min(1).optional(),
});

export function feedbackRoutes(craft: CraftWorld, bareLists: () => boolean): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/feedback_portal/:id/categories',
      handle: (call) =>
        inPortal(craft, call, (portal) => ({
          status: 200,
          body: [...craft.feedback.categories.values()]
            .filter(({ portalId }) => portalId === portal.id)
            .map(({ id, name }) => ({ id, name })),
        })),
    },
    {
      method: 'GET',
      path: '/feedback_portal/:id/feedback_items',
      handle: (call) => inPortal(craft, call, (portal) => list(craft, portal, call, bareLists())),
    },
    {
      method: 'POST',
      path: '/feedback_portal/:id/plain_feedback',
      handle: (call) => inPortal(craft, call, (portal) => submit(craft, portal, call)),
    },
    { method: 'GET', path: '/feedback_item/:id', handle: (call) => oneItem(craft, call) },
  ];
}

export function feedbackPortals(craft: CraftWorld, call: Call): readonly unknown[] {
  const seen = [...craft.feedback.portals.values()].filter(({ id }) => call.sight.of(id) !== 'missing');
  return seen.map(({ id, name }) => ({ id, name }));
}

export function inPortal(craft: CraftWorld, call: Call, read: (portal: CraftPortal) => Answer): Answer {
  const portal = craft.feedback.portals.get(call.params['id'] ?? '');
  if (portal === undefined || call.sight.of(portal.id) === 'missing')
    return craftError(404, 'No feedback portal found');
  return read(portal);
}

type Test = (feedback: CraftFeedback) => boolean;

/** The documented filters that an account of this size needs; the others are accepted and have no effect. */
function filtersOf(craft: CraftWorld, portal: CraftPortal, query: URLSearchParams): readonly Test[] {
  const tests: Test[] = [];
  const status = query.get('status');
  const category = query.get('category');
  const ids = query.get('ids');
  const shortId = query.get('shortId');
  const keyword = (query.get('keyword') ?? '').toLowerCase();
  if (status !== null) {
    const wanted = craft.feedback.statusNamed(portal.id, status)?.id ?? status;
    tests.push(({ statusId }) => statusId === wanted);
  }
  if (category !== null) tests.push(({ categoryId }) => categoryId === category);
  if (ids !== null) tests.push(({ id }) => ids.split(',').includes(id));
  if (shortId !== null) tests.push((feedback) => feedback.shortId === shortId);
  // Shorter words are ignored here, where work items refuse them.
  else if (keyword.length >= 2) {
    tests.push(({ title, description }) => `${title}\n${description}`.toLowerCase().includes(keyword));
  }
  return tests;
}

function list(craft: CraftWorld, portal: CraftPortal, call: Call, isBare: boolean): Answer {
  const tests = filtersOf(craft, portal, call.query);
  const shown = call.sight.of(portal.id) === 'empty' ? [] : craft.feedback.listed(portal.id);
  const page = pageOf(
    shown.filter((feedback) => tests.every((test) => test(feedback))),
    call.query,
    DEFAULT_PER_PAGE,
  );
  if (page.status === 'invalid') return craftError(400, page.message);
  const fields = call.query.get('fields') ?? 'all';
  const items = page.entries.map((feedback) => partOf(renderFeedback(craft, feedback), fields));
  return { status: 200, body: isBare ? items : { items, metadata: page.metadata } };
}

function oneItem(craft: CraftWorld, call: Call): Answer {
  const feedback = craft.feedback.items.get(call.params['id'] ?? '');
  if (feedback === undefined || call.sight.of(feedback.portalId) !== 'full') return craftError(404, 'No idea found');
  return { status: 200, body: renderFeedback(craft, feedback) };
}

function submit(craft: CraftWorld, portal: CraftPortal, call: Call): Answer {
  const body = PlainFeedback.safeParse(call.body);
  if (!body.success) return validationError(detailsOf(body.error));
  const { title, description, categoryId, submitter } = body.data;
  if (categoryId !== undefined && craft.feedback.categories.get(categoryId)?.portalId !== portal.id) {
    return validationError({ 'body.categoryId': { message: 'no such category', value: categoryId } });
  }
  const feedback = craft.feedback.create(
    {
      portalId: portal.id,
      title,
      description: description ?? '',
      categoryId: categoryId ?? null,
      submitter: submitter ?? null,
    },
    'api',
  );
  const { id, shortId, webUrl: link } = renderFeedback(craft, feedback);
  return { status: 200, body: { id, shortId, link }, applied: { itemId: feedback.id } };
}
