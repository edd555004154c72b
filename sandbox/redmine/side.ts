/** Redmine as its people use it. */
import type { DevCard, DevDeed, DevDeedOutcome, DevPlace, DevSide } from '../people/devSide.js';
import { nameOf } from './answers.js';
import type { Issue, Journal } from './model.js';
import { API_USER, DEFAULT_PRIORITY, DEVELOPER, keyOf, type RedmineWorld, statusOf, STATUSES } from './redmineWorld.js';

const BY = 'developer';

export function redmineSide(world: RedmineWorld): DevSide {
  return {
    system: 'redmine',
    name: 'Redmine',
    places: () => [...world.projects.values()].map(placeOf),
    cards: () => [...world.issues.values()].map((issue) => cardOf(world, issue)),
    card(id) {
      const issue = world.issues.get(id);
      return issue === undefined ? null : cardOf(world, issue);
    },
    isDelivered: (id) => world.issues.get(id)?.authorId === API_USER.number,
    cardIdOf({ table, id, record }) {
      return table === world.journals.name ? ((record as Journal | null)?.issueId ?? null) : id;
    },
    do: (deed) => carryOut(world, deed),
  };
}

function placeOf({ identifier, name }: { readonly identifier: string; readonly name: string }): DevPlace {
  return { key: identifier, name, statuses: STATUSES.map((status) => status.name) };
}

function cardOf(world: RedmineWorld, issue: Issue): DevCard {
  return {
    id: issue.id,
    key: keyOf(issue),
    place: world.projects.get(issue.projectId)?.identifier ?? '',
    title: issue.subject,
    description: issue.description ?? '',
    status: statusOf(issue).name,
    effort: '',
    updatedAt: issue.updatedAt,
    comments: world.journalsOf(issue.id).map(({ userId, notes, createdAt }) => ({
      by: nameOf(userId === API_USER.number ? API_USER : DEVELOPER),
      text: notes,
      at: createdAt,
    })),
  };
}

function refused(message: string): DevDeedOutcome {
  return { status: 'refused', message };
}

function done(issue: Issue): DevDeedOutcome {
  return { status: 'done', id: issue.id, key: keyOf(issue) };
}

function carryOut(world: RedmineWorld, deed: DevDeed): DevDeedOutcome {
  if (deed.action === 'create') return create(world, deed);
  const issue = world.issues.get(deed.id) ?? [...world.issues.values()].find((one) => keyOf(one) === deed.id);
  if (issue === undefined) return refused(`Redmine has no issue ${deed.id}`);
  switch (deed.action) {
    case 'move': {
      const status = STATUSES.find(({ name }) => name === deed.status);
      if (status === undefined) return refused(`Redmine has no status "${deed.status}"`);
      return done(world.updateIssue(issue.id, { statusId: status.id }, BY));
    }
    case 'move-place': {
      const project = world.project(deed.place);
      if (project === undefined) return refused(`Redmine has no project ${deed.place}`);
      return done(world.updateIssue(issue.id, { projectId: project.id }, BY));
    }
    case 'edit': {
      const { title, description } = deed.edit;
      const patch = {
        ...(title === undefined ? {} : { subject: title }),
        ...(description === undefined ? {} : { description }),
      };
      return done(world.updateIssue(issue.id, patch, BY));
    }
    case 'comment':
      world.addNote(issue.id, deed.text, DEVELOPER.number, BY);
      return done(issue);
    case 'delete':
      world.deleteIssue(issue.id, BY);
      return done(issue);
  }
}

function create(world: RedmineWorld, { place, edit }: Extract<DevDeed, { action: 'create' }>): DevDeedOutcome {
  const project = world.project(place);
  if (project === undefined) return refused(`Redmine has no project ${place}`);
  const issue = world.createIssue(
    {
      projectId: project.id,
      trackerId: project.trackerIds[0] ?? 1,
      statusId: 1,
      priorityId: DEFAULT_PRIORITY,
      authorId: DEVELOPER.number,
      subject: edit.title,
      description: edit.description ?? null,
    },
    BY,
  );
  return done(issue);
}
