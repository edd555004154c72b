/** Builds Redmine 5.0 (sources: Redmine): projects with issues. It is polled and has no webhooks. */
import type { DevSystem, DevSystemParts } from '../world/devSystem.js';
import { sameSecret, webhookSecretOf } from '../http/secret.js';
import { redmineError } from './answers.js';
import { RedmineWorld, STATUSES, TRACKERS } from './redmineWorld.js';
import { redmineRoutes } from './routes.js';
import { redmineSide } from './side.js';

export interface RedmineSystem extends DevSystem {
  readonly world: RedmineWorld;
}

const BASE_PATH = '/redmine';

export function buildRedmine({ world: base, key }: DevSystemParts): RedmineSystem {
  const redmine = new RedmineWorld(base);
  const isKey = (given: string | undefined) => sameSecret(given, key());
  return {
    world: redmine,
    side: redmineSide(redmine),
    mounts: [
      {
        name: 'redmine',
        basePath: BASE_PATH,
        routes: redmineRoutes(redmine, isKey),
        authenticate(header) {
          const { loginRequired, restEnabled } = redmine.settings;
          if (!loginRequired) return null;
          if (!restEnabled) return redmineError(403);
          return isKey(header('x-redmine-api-key')) ? null : redmineError(401);
        },
        error: redmineError,
        mediaTypes: ['application/json'],
      },
    ],
    setLag: (lagMs) => redmine.lag.set(lagMs),
    seed() {
      redmine.addField({ name: 'Craft ID', filter: true });
      const team = redmine.addField({
        name: 'Team',
        format: 'list',
        values: ['mobile', 'web'],
        forAll: false,
        trackerIds: [2],
      });
      redmine.addProject({ identifier: 'mobile', name: 'Mobile', fieldIds: [team.number] });
      redmine.addProject({ identifier: 'web', name: 'Web', trackerIds: [1, 2] });
    },
    reset() {
      for (const { id } of [...redmine.issues.values()]) redmine.deleteIssue(id, 'seed');
    },
    access: (url) => ({
      baseUrl: `${url}${BASE_PATH}`,
      apiKey: key(),
      webhookSecret: webhookSecretOf(base.seed, 'redmine'),
      ids: idsOf(redmine),
    }),
  };
}

function idsOf(redmine: RedmineWorld): Readonly<Record<string, string>> {
  const entries = [
    ...[...redmine.projects.values()].map(({ name, id }) => [`project ${name}`, id] as const),
    ...[...redmine.fields.values()].map(({ name, id }) => [`field ${name}`, id] as const),
    ...TRACKERS.map(({ name, id }) => [`tracker ${name}`, String(id)] as const),
    ...STATUSES.map(({ name, id }) => [`status ${name}`, String(id)] as const),
  ];
  return Object.fromEntries(entries);
}
