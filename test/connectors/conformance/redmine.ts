/** Redmine for the conformance suite: the connector on one side of the wire, the sandbox on the other. */
import { z } from 'zod';
import type { HttpClient } from '../../../connectors/http/client.js';
import type { DevDeed } from '../../../sandbox/people/devSide.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { connectTool, pipelineTo } from './connectTool.js';
import type { Harness, Subject } from './subject.js';
import { troubles } from './troubles.js';

const STATUSES = ['New', 'In Progress', 'Resolved', 'Feedback', 'Closed', 'Rejected'];

/** With the marker in a custom field, or in the description. */
export function redmine(place: 'field' | 'description'): Harness {
  return {
    name: `redmine, the marker in the ${place}`,
    async start() {
      return subjectOn(await startSandbox({ port: 0, items: 0 }), place);
    },
  };
}

function subjectOn(sandbox: Sandbox, place: 'field' | 'description'): Subject {
  const clients: HttpClient[] = [];
  const { baseUrl, apiKey, ids } = sandbox.tools.redmine;
  const { side } = sandbox.world.tools.redmine;
  const idOf = (what: string) => ids[what] ?? never(what);
  const scope = idOf('project Mobile');
  const target = {
    projectId: 'mobile',
    trackerId: idOf('tracker Feature'),
    statusId: idOf('status New'),
    ...(place === 'field' ? { markerField: idOf('field Craft ID') } : {}),
  };
  const deed = (what: DevDeed): string => {
    const outcome = side.do(what);
    return outcome.status === 'done' ? outcome.id : never(outcome.message);
  };
  const cardOf = (id: string) => side.card(id) ?? never(`issue ${id}`);
  return {
    apiKey,
    target,
    scope,
    otherScope: idOf('project Web'),
    pipeline: pipelineTo(target, STATUSES),
    unknownId: '999999',
    timeStepMs: 1_050,
    connect: (options = {}) =>
      connectTool(clients, { type: 'redmine', baseUrl, apiKey, itemUrl: null, own: {} }, options),
    ...troubles(sandbox, ['redmine']),
    create: (description) => deed({ action: 'create', place: 'mobile', edit: { title: 'By hand', description } }),
    changeStatus(id) {
      const next = STATUSES[(STATUSES.indexOf(cardOf(id).status) + 1) % STATUSES.length] ?? never('status');
      deed({ action: 'move', id, status: next });
      return next;
    },
    moveAway: (id) => void deed({ action: 'move-place', id, place: 'web' }),
    remove: (id) => void deed({ action: 'delete', id }),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { redmine: { scopes: [scope], as: 'missing' } } });
    },
    textsOf: (id) => cardOf(id),
    hierarchy: {
      parent: () => deed({ action: 'create', place: 'mobile', edit: { title: 'Parent', description: '' } }),
      unfit: () => deed({ action: 'create', place: 'web', edit: { title: 'Elsewhere', description: '' } }),
      async under(id) {
        const list = `${baseUrl}/issues.json?project_id=mobile&status_id=*&limit=100`;
        const answer = await fetch(list, { headers: { 'X-Redmine-API-Key': apiKey } });
        const { issues } = Issues.parse(await answer.json());
        return issues.filter(({ parent }) => String(parent?.id) === id).map((issue) => String(issue.id));
      },
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
    },
  };
}

const Issues = z.object({
  issues: z.array(z.object({ id: z.number(), parent: z.object({ id: z.number() }).optional() })),
});

function never(what: string): never {
  throw new Error(`the sandbox's Redmine: ${what}`);
}
