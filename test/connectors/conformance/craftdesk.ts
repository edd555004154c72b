/** CraftDesk for the conformance suite: the connector on one side of the wire, the sandbox on the other. */
import { createHmac } from 'node:crypto';
import type { HttpClient } from '../../../connectors/http/client.js';
import type { DevDeed } from '../../../sandbox/people/devSide.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { connectTool, pipelineTo, type Tool } from './connectTool.js';
import type { Harness, Subject, SubjectWebhooks } from './subject.js';
import { troubles } from './troubles.js';

/** Once for each order in which pages may come: the document names none. */
export const craftdesk = (order: 'created' | 'updated'): Harness => ({
  name: `craftdesk, pages by ${order}`,
  async start() {
    const sandbox = await startSandbox({ port: 0, items: 0, behaviour: { craftdeskOrder: order } });
    return subjectOn(sandbox, []);
  },
});

function subjectOn(sandbox: Sandbox, clients: HttpClient[]): Subject {
  const { side } = sandbox.world.tools.craftdesk;
  const [place] = side.places();
  if (place === undefined) throw new Error('the sandbox has no CraftDesk workspace');
  const act = (deed: DevDeed): string => {
    const outcome = sandbox.act({ as: 'developer', tool: 'craftdesk', ...deed });
    if (outcome.status === 'refused') throw new Error(outcome.message);
    return outcome.id;
  };
  return {
    apiKey: sandbox.tools.craftdesk.apiKey,
    target: {},
    scope: 'workspace',
    otherScope: null,
    pipeline: pipelineTo({}, place.statuses),
    unknownId: '00000000-0000-4000-8000-000000000000',
    timeStepMs: 1_100,
    connect: (options = {}) => connectTool(clients, toolOf(sandbox), options),
    ...troubles(sandbox, ['craftdesk']),
    create: (description) => act({ action: 'create', place: place.key, edit: { title: 'By hand', description } }),
    changeStatus(id) {
      const at = place.statuses.indexOf(side.card(id)?.status ?? '');
      const status = place.statuses[(at + 1) % place.statuses.length] ?? '';
      act({ action: 'move', id, status });
      return status;
    },
    moveAway: () => {
      throw new Error('a CraftDesk project cannot be moved');
    },
    remove: (id) => void act({ action: 'delete', id }),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { craftdesk: { scopes: ['workspace'], as: 'missing' } } });
    },
    textsOf(id) {
      const { title, description } = side.card(id) ?? { title: '', description: '' };
      return { title, description };
    },
    webhooks: craftdeskSigns('hush-hush-hush'),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
    },
  };
}

function toolOf(sandbox: Sandbox): Tool {
  const { baseUrl, apiKey } = sandbox.tools.craftdesk;
  return { type: 'craftdesk', baseUrl, apiKey, itemUrl: 'https://cd.example/projects/{id}', own: {} };
}

/** An HMAC-SHA256, in hex, of the body, which holds the event's time; deliveries are repeated for a day. */
function craftdeskSigns(secret: string): SubjectWebhooks {
  const at = (body: string, time: Date) =>
    JSON.stringify({ ...(JSON.parse(body) as object), created_at: time.toISOString() });
  return {
    secret,
    wrongSecret: 'hush-hush-hash',
    protectedHeaders: ['x-craftdesk-signature'],
    signsBody: true,
    window: { pastMs: 25 * 3_600_000, futureMs: 3_600_000 },
    news: (id) => JSON.stringify({ id: `evt_${id}`, type: 'project.updated', data: { id, name: 'A project' } }),
    signed(given, time) {
      const body = time === undefined ? given : at(given, time);
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      return { headers: { 'content-type': 'application/json', 'x-craftdesk-signature': signature }, body };
    },
  };
}
