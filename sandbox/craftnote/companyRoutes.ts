/** The company over Craftnote's API: members, settings, statuses of projects, webhooks. */
import type { Answer, Call, Route } from '../http/mount.js';
import { CreateWebhook, parseBody, sent, UpdateWebhook } from './bodies.js';
import type { CraftnoteWorld } from './craftnoteWorld.js';
import { notFound } from './errors.js';
import type { Webhook } from './model.js';
import { pageOf, refuseUnknown } from './paging.js';
import { ok, route } from './projectRoutes.js';

export function companyRoutes(world: CraftnoteWorld): readonly Route[] {
  const read = (path: string, body: (call: Call) => unknown): Route =>
    route('GET', path, (call) => {
      refuseUnknown(call.query);
      return ok(body(call));
    });
  const settings = '/company/settings';
  return [
    route('GET', '/company/members', (call) => ok({ members: pageOf([...world.members.values()], call.query) })),
    read('/company/members/me', () => world.owner()),
    read(settings, () => ({
      status: [...world.statuses.values()],
      workingHours: { start: '07:00', end: '17:00' },
      workingDays: Array.from({ length: 7 }, (_, day) => ({ enabled: day < 5 })),
      workTypes: [],
    })),
    read(`${settings}/projectstatus`, () => ({ data: [...world.statuses.values()] })),
    read(`${settings}/projectstatus/:id`, ({ params }) => existing(world.statuses.get(params['id'] ?? ''), params)),
    route('GET', '/webhooks', (call) => {
      const page = pageOf([...world.webhooks.values()], call.query);
      return ok({ webhooks: page.map(renderWebhook) });
    }),
    route('POST', '/webhooks', (call) => {
      const { event, url, headers = null } = parseBody(CreateWebhook, call.body);
      return written(world.webhooks.put({ id: world.newId(), event, url, headers }));
    }),
    read('/webhooks/:id', ({ params }) => renderWebhook(existing(world.webhooks.get(params['id'] ?? ''), params))),
    route('PUT', '/webhooks/:id', ({ params, body }) => {
      const before = existing(world.webhooks.get(params['id'] ?? ''), params);
      return written(world.webhooks.put({ ...before, ...sent(parseBody(UpdateWebhook, body)) }));
    }),
    route('DELETE', '/webhooks/:id', ({ params }) => {
      const webhook = existing(world.webhooks.get(params['id'] ?? ''), params);
      world.webhooks.remove(webhook.id);
      return written(webhook);
    }),
  ];
}

function existing<T>(found: T | undefined, params: Call['params']): T {
  if (found === undefined) throw notFound(params['id'] ?? '');
  return found;
}

function written(webhook: Webhook): Answer {
  return { ...ok(renderWebhook(webhook)), applied: { itemId: null } };
}

function renderWebhook({ id, event, url, headers }: Webhook): unknown {
  return { id, event, url, ...(headers === null ? {} : { headers }) };
}
