/** Kitemaker for the conformance suite: the connector on one side of the wire, the sandbox on the other. */
import { createHmac, randomUUID } from 'node:crypto';
import type { HttpClient } from '../../../connectors/http/client.js';
import type { MountName } from '../../../sandbox/http/mount.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { makeInitiative } from '../../harness/deployment/initiatives.js';
import { connectTool, pipelineTo, type Tool } from './connectTool.js';
import type { Harness, Subject, SubjectWebhooks } from './subject.js';
import { troubles } from './troubles.js';

const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const MOUNTS: readonly MountName[] = ['kitemaker-rest', 'kitemaker-graphql'];

export const kitemaker: Harness = {
  name: 'kitemaker',
  capabilities: ['labels', 'feedback'],
  async start() {
    const sandbox = await startSandbox({ port: 0, items: 0 });
    const clients: HttpClient[] = [];
    return subjectOn(sandbox, clients);
  },
};

function subjectOn(sandbox: Sandbox, clients: HttpClient[]): Subject {
  const [space, other] = sandbox.tools.kitemaker.spaces;
  const [status] = space?.statuses ?? [];
  if (space === undefined || other === undefined || status === undefined)
    throw new Error('the sandbox has too few spaces');
  const target = { spaceId: space.id, statusId: status.id };
  const workItems = sandbox.world.tools.kitemaker.world.workItems;
  const make = (description: string): string => {
    const edit = { title: 'By hand', description };
    return doneId(sandbox.act({ as: 'developer', action: 'create', place: space.id, edit }));
  };
  return {
    apiKey: sandbox.tools.kitemaker.apiKey,
    target,
    scope: space.id,
    otherScope: other.id,
    pipeline: pipelineTo(
      target,
      space.statuses.map(({ name }) => name),
    ),
    unknownId: '0000000000000000',
    connect: (options = {}) => connectTool(clients, toolOf(sandbox), options),
    ...troubles(sandbox, MOUNTS),
    create: make,
    changeStatus(id) {
      const statuses = space.statuses;
      const at = statuses.findIndex((one) => one.id === workItems.get(id)?.statusId);
      const next = statuses[(at + 1) % statuses.length] ?? status;
      doneId(sandbox.act({ as: 'developer', action: 'move', id, status: next.id }));
      return next.name;
    },
    moveAway: (id) => void doneId(sandbox.act({ as: 'developer', action: 'move-place', id, place: other.id })),
    remove: (id) => void doneId(sandbox.act({ as: 'developer', action: 'delete', id })),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { kitemaker: { scopes: [space.id], as: 'missing' } } });
    },
    textsOf(id) {
      const item = workItems.get(id);
      if (item === undefined) throw new Error(`no work item ${id}`);
      return { title: item.title, description: item.description };
    },
    webhooks: kitemakerSigns(WEBHOOK_SECRET),
    labelling: {
      put(id, name) {
        const kitemaker = sandbox.world.tools.kitemaker.world;
        const item = workItems.get(id);
        if (item === undefined) throw new Error(`no work item ${id}`);
        const known = [...kitemaker.labels.values()].find(
          (label) => label.spaceId === item.spaceId && label.name === name,
        );
        const label = known ?? kitemaker.createLabel({ spaceId: item.spaceId, name, color: '112233' }, 'developer');
        kitemaker.updateWorkItem(id, { labelIds: [...item.labelIds, label.id] }, 'developer');
        return label.id;
      },
    },
    feedbackOf: (id) =>
      [...sandbox.world.tools.kitemaker.world.feedback.values()]
        .filter(({ entityIds }) => entityIds.includes(id))
        .map(({ title, contents }) => ({ title, text: contents })),
    hierarchy: {
      parent() {
        const id = make('Parent');
        makeInitiative(sandbox, [id]);
        return id;
      },
      unfit: () => make('In no initiative'),
      under: (id) =>
        [...sandbox.world.tools.kitemaker.world.initiatives.values()]
          .filter(({ workItemIds }) => workItemIds.includes(id))
          .flatMap(({ workItemIds }) => workItemIds.filter((other) => other !== id)),
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
    },
  };
}

function doneId(outcome: ReturnType<Sandbox['act']>): string {
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}

function toolOf(sandbox: Sandbox): Tool {
  return {
    type: 'kitemaker',
    baseUrl: sandbox.tools.kitemaker.baseUrl,
    apiKey: sandbox.tools.kitemaker.apiKey,
    itemUrl: 'https://km.example/{spaceKey}/{number}',
    own: {},
  };
}

/** Svix's scheme: HMAC-SHA256 over `id.timestamp.body` with the base64 part of the secret. */
export function kitemakerSigns(secret: string): SubjectWebhooks {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return {
    secret,
    wrongSecret: `whsec_${Buffer.from('another one of this size').toString('base64')}`,
    protectedHeaders: ['svix-id', 'svix-timestamp', 'svix-signature'],
    signsBody: true,
    window: { pastMs: 300_000, futureMs: 300_000 },
    news: (id) => JSON.stringify({ id, type: 'WorkItem', event: 'updated' }),
    signed(body, at = new Date()) {
      const id = `msg_${randomUUID()}`;
      const seconds = String(Math.floor(at.getTime() / 1_000));
      const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
      const headers = { 'svix-id': id, 'svix-timestamp': seconds, 'svix-signature': `v1,${signature}` };
      return { headers: { 'content-type': 'application/json', ...headers }, body };
    },
  };
}
