/** CraftDesk for the conformance suite: the connector on one side of the wire, the sandbox on the other. */
import type { HttpClient } from '../../../src/connectors/http/client.js';
import type { DevDeed } from '../../../src/local/sandbox/devSide.js';
import { type Sandbox, startSandbox } from '../../../src/local/sandbox/sandbox.js';
import { connectTool, pipelineTo, type Tool } from './connectTool.js';
import type { Harness, Subject } from './subject.js';
import { troubles } from './troubles.js';

/** Each order in which pages may come: the document names none. */
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
      throw new Error('a project of CraftDesk stands in no other place');
    },
    remove: (id) => void act({ action: 'delete', id }),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { craftdesk: { scopes: ['workspace'], as: 'missing' } } });
    },
    textsOf(id) {
      const { title, description } = side.card(id) ?? { title: '', description: '' };
      return { title, description };
    },
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
