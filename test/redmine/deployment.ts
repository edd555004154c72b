/** A deployment that hands over to the real Redmine over a faulty wire. Craft.io is the sandbox's. */
import { inject } from 'vitest';
import { startDeployment, type TestDeployment } from '../harness/deployment/deployment.js';
import type { DevItemElsewhere } from '../harness/deployment/handOverCheck.js';
import { toRedmineAt } from '../harness/deployment/tools/redmine.js';
import { startFaultyProxy, type FaultyProxy } from './faultyProxy.js';
import { peopleOf, type People } from './people.js';

export interface RedmineDeployment {
  readonly deployment: TestDeployment;
  readonly people: People;
  readonly wire: FaultyProxy;
  /** What the project holds, for the checker: each issue with its marker. */
  devItems(): Promise<readonly DevItemElsewhere[]>;
  close(): Promise<void>;
}

export async function startRedmineDeployment(options: { items: number; seed?: number }): Promise<RedmineDeployment> {
  const facts = inject('redmine');
  const people = peopleOf(facts);
  const [project, wire] = await Promise.all([people.makeProject(), startFaultyProxy(facts.url)]);
  const configuration = toRedmineAt({
    baseUrl: wire.url,
    apiKey: facts.apiKey,
    target: { projectId: project.identifier, trackerId: 2, statusId: 1, markerField: facts.markerField },
    // Redmine's one process answers one request after the other, so the requests of a sweep wait for each other.
    own: { itemUrl: `${facts.url}/issues/{id}`, timeout: '15 seconds' },
  });
  const deployment = await startDeployment({ ...options, configuration });
  return {
    deployment,
    people,
    wire,
    async devItems() {
      const issues = await people.issues(project.id);
      return issues.map(({ id, custom_fields: fields = [] }) => ({
        id: String(id),
        description: fields.find((field) => field.id === facts.markerField)?.value ?? '',
      }));
    },
    async close() {
      await deployment.close();
      await wire.close();
    },
  };
}
