import { beforeAll, describe, inject } from 'vitest';
import { redmineBehaviour, type RedminePlace } from './behaviour.js';
import { peopleOf } from './people.js';

describe('redmine/behaviour: a real Redmine answers', () => {
  let place: RedminePlace;
  beforeAll(async () => {
    const facts = inject('redmine');
    const people = peopleOf(facts);
    const project = await people.makeProject();
    place = {
      baseUrl: facts.url,
      apiKey: facts.apiKey,
      projectId: Number(project.id),
      identifier: project.identifier,
      filterField: facts.markerField,
      plainField: facts.unfilteredField,
      dateField: facts.dateField,
      create: () => people.create(project.id, {}),
      close: (id) => people.change(id, { status_id: 5 }),
    };
  });
  redmineBehaviour(() => place);
});
