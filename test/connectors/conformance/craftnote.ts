/**
 * Craftnote for the conformance suite, twice: projects and tasks are two kinds of dev items of one connector. The
 * connector is on one side of the wire, the sandbox on the other.
 */
import { z } from 'zod';
import type { HttpClient } from '../../../connectors/http/client.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { DevDeed, DevSide } from '../../../sandbox/people/devSide.js';
import { connectTool, pipelineTo } from './connectTool.js';
import type { Harness, Subject, SubjectWebhooks } from './subject.js';
import { troubles } from './troubles.js';

/** One of the two, with what the suite needs to know about it. */
interface Resource {
  readonly target: Readonly<Record<string, string>>;
  readonly scope: string;
  /** Where people create and see these items. */
  readonly place: string;
  /** What the sandbox hides so that the key no longer sees the scope. */
  readonly hidden: string;
  readonly unknownId: string;
  /** The folder under which projects can be created; null for tasks, which cannot be under anything. */
  readonly folder: string | null;
  readonly hasUpdateTimes: boolean;
  readonly hasComments: boolean;
}

const UNKNOWN_ID = '0DDAAAA9-2508-4AAF-A576-E91E76EA8CDB';

export const craftnoteProjects: Harness = {
  name: 'craftnote projects',
  start: () =>
    startOn(({ company = '', 'status To Do': statusId = '', 'folder From product': folder = '' }) => ({
      folder,
      target: { resource: 'project', statusId },
      scope: 'all projects',
      place: 'projects',
      hidden: company,
      unknownId: UNKNOWN_ID,
      hasUpdateTimes: false,
      hasComments: true,
    })),
};

export const craftnoteTasks: Harness = {
  name: 'craftnote tasks',
  start: () =>
    startOn(({ 'project Branch refit': projectId = '' }) => ({
      folder: null,
      target: { resource: 'task', projectId },
      scope: projectId,
      place: projectId,
      hidden: projectId,
      unknownId: `${projectId}/${UNKNOWN_ID}`,
      hasUpdateTimes: true,
      hasComments: false,
    })),
};

async function startOn(resourceOf: (ids: Readonly<Record<string, string>>) => Resource): Promise<Subject> {
  const sandbox = await startSandbox({ port: 0, items: 0 });
  return subjectOn(sandbox, resourceOf(sandbox.tools.craftnote.ids));
}

function subjectOn(sandbox: Sandbox, resource: Resource): Subject {
  const clients: HttpClient[] = [];
  const { side } = sandbox.world.tools.craftnote;
  const { target, scope, unknownId, hasUpdateTimes, hasComments } = resource;
  const access = sandbox.tools.craftnote;
  const tool = { type: 'craftnote', baseUrl: access.baseUrl, apiKey: access.apiKey, itemUrl: null, own: {} };
  return {
    apiKey: access.apiKey,
    target,
    scope,
    otherScope: null,
    timeStepMs: 1_005,
    hasUpdateTimes,
    hasComments,
    pipeline: pipelineTo(target, statusesOf(side, resource)),
    unknownId,
    connect: (options = {}) => connectTool(clients, tool, options),
    ...troubles(sandbox, ['craftnote']),
    create: (description) =>
      idOf(side, { action: 'create', place: resource.place, edit: { title: 'By hand', description } }),
    changeStatus(id) {
      const words = statusesOf(side, resource);
      const next = words[(words.indexOf(side.card(id)?.status ?? '') + 1) % words.length] ?? '';
      idOf(side, { action: 'move', id, status: next });
      return next;
    },
    moveAway: () => {
      throw new Error('Craftnote has no other scope to move an item to');
    },
    remove: (id) => void idOf(side, { action: 'delete', id }),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { craftnote: { scopes: [resource.hidden], as: 'missing' } } });
    },
    textsOf(id) {
      const card = side.card(id);
      if (card === null) throw new Error(`no item ${id}`);
      return { title: card.title, description: card.description };
    },
    hierarchy: {
      parent: () => resource.folder,
      unfit: () =>
        idOf(side, { action: 'create', place: resource.place, edit: { title: 'No folder', description: '' } }),
      async under(id) {
        const folder = await asked(access, `/projects/${id}`);
        return Projects.parse(folder).projects;
      },
    },
    webhooks: webhooksOf(resource),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
    },
  };
}

const Projects = z.object({ projects: z.array(z.string()) });

async function asked({ baseUrl, apiKey }: { baseUrl: string; apiKey: string }, path: string): Promise<unknown> {
  const answer = await fetch(baseUrl + path, { headers: { 'X-CN-API-KEY': apiKey } });
  return answer.json();
}

/** The secret is the header itself, and the time is in the body (README, Webhook Payload Structure). */
function webhooksOf({ target }: Resource): SubjectWebhooks {
  const secret = 'a-secret-of-the-subscription';
  const resource = target['resource'] ?? '';
  return {
    secret,
    wrongSecret: 'the-secret-of-another-one',
    protectedHeaders: ['x-craftsync-secret'],
    signsBody: false,
    window: { pastMs: 300_000, futureMs: 300_000 },
    news: (id) =>
      JSON.stringify({
        event: `${resource}.created`,
        timestamp: seconds(new Date()),
        action: 'created',
        resourceId: `${resource}s/${id}`,
        fieldPath: '$',
        data: { id },
        previousData: null,
      }),
    signed: (body, at = new Date()) => ({
      headers: { 'x-craftsync-secret': secret },
      body: body.replace(/"timestamp":\d+/, `"timestamp":${seconds(at)}`),
    }),
  };
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}

function statusesOf(side: DevSide, { place }: Resource): readonly string[] {
  return side.places().find(({ key }) => key === place)?.statuses ?? [];
}

function idOf(side: DevSide, deed: DevDeed): string {
  const outcome = side.do(deed);
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}
