/** A real Redmine for the conformance suite, behind a faulty wire. */
import { inject } from 'vitest';
import type { HttpClient } from '../../connectors/http/client.js';
import { connectTool, pipelineTo } from '../connectors/conformance/connectTool.js';
import type { Harness, Subject } from '../connectors/conformance/subject.js';
import { startFaultyProxy } from './faultyProxy.js';
import { peopleOf } from './people.js';

const STATUSES = ['New', 'In Progress', 'Resolved', 'Feedback', 'Closed', 'Rejected'];

export function realRedmine(place: 'field' | 'description'): Harness {
  return { name: `a real Redmine, the marker in the ${place}`, start: () => start(place) };
}

async function start(place: 'field' | 'description'): Promise<Subject> {
  const facts = inject('redmine');
  const people = peopleOf(facts);
  const [project, wire] = await Promise.all([people.makeProject(), startFaultyProxy(facts.url)]);
  const clients: HttpClient[] = [];
  const target = {
    projectId: project.identifier,
    trackerId: 2,
    statusId: 1,
    ...(place === 'field' ? { markerField: facts.markerField } : {}),
  };
  const { apiKey } = facts;
  const tool = { type: 'redmine', baseUrl: wire.url, apiKey, itemUrl: null, own: {} };
  return {
    apiKey,
    target,
    scope: project.id,
    otherScope: String(facts.otherProjectId),
    pipeline: pipelineTo(target, STATUSES),
    unknownId: '999999',
    timeStepMs: 1_050,
    connect: (options = {}) => connectTool(clients, tool, options),
    counts: () => wire.counts(),
    trouble: (kind, where) => wire.trouble(kind, where),
    mend: () => wire.mend(),
    create: (description) => people.create(project.id, { description }),
    async changeStatus(id) {
      const { status } = await people.issue(id);
      const next = (STATUSES.indexOf(status.name) + 1) % STATUSES.length;
      await people.change(id, { status_id: next + 1 });
      return STATUSES[next] ?? '';
    },
    moveAway: (id) => people.change(id, { project_id: facts.otherProjectId }),
    remove: (id) => people.remove(id),
    hideScope: () => people.dismiss(project.membership),
    async textsOf(id) {
      const { subject, description } = await people.issue(id);
      return { title: subject, description: description ?? '' };
    },
    hierarchy: {
      parent: () => people.create(project.id, { description: 'Parent' }),
      unfit: () => people.create(String(facts.otherProjectId), { description: 'Elsewhere' }),
      async under(id) {
        const issues = await people.issues(project.id);
        return issues.filter(({ parent }) => String(parent?.id) === id).map((issue) => String(issue.id));
      },
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await wire.close();
    },
  };
}
