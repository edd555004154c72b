/** Builds Craftnote: one company, its API by its README and OpenAPI description (sources: Craftnote), its people. */
import type { BuildDevSystem } from '../world/devSystem.js';
import type { Mount } from '../http/mount.js';
import { sameSecret, webhookSecretOf } from '../http/secret.js';
import { companyRoutes } from './companyRoutes.js';
import { CraftnoteWorld } from './craftnoteWorld.js';
import { craftnoteError } from './errors.js';
import { projectRoutes } from './projectRoutes.js';
import { resetCraftnote, seedCraftnote } from './seed.js';
import { craftnoteSide } from './side.js';
import { taskRoutes } from './taskRoutes.js';
import { sendWebhooks } from './webhooks.js';

const BASE_PATH = '/craftnote/api/v1';

export const buildCraftnote: BuildDevSystem = ({ world: base, key }) => {
  const world = new CraftnoteWorld(base);
  sendWebhooks(world);
  const mount: Mount = {
    name: 'craftnote',
    basePath: BASE_PATH,
    routes: [...companyRoutes(world), ...projectRoutes(world), ...taskRoutes(world)],
    authenticate: (header) => (sameSecret(header('x-cn-api-key'), key()) ? null : craftnoteError(401)),
    error: craftnoteError,
    mediaTypes: ['application/json'],
  };
  return {
    side: craftnoteSide(world),
    mounts: [mount],
    setLag: (lagMs) => world.setLag(lagMs),
    seed: () => seedCraftnote(world),
    reset: () => resetCraftnote(world),
    access: (url) => ({
      baseUrl: url + BASE_PATH,
      apiKey: key(),
      webhookSecret: webhookSecretOf(base.seed, 'craftnote'),
      ids: idsOf(world),
    }),
  };
};

function idsOf(world: CraftnoteWorld): Record<string, string> {
  const statuses = [...world.statuses.values()].map(({ name, id }) => [`status ${name}`, id]);
  const projects = [...world.projects.values()]
    .filter(({ madeBy }) => madeBy === 'seed')
    .map(({ name, id, projectType }) => [`${projectType === 'FOLDER' ? 'folder' : 'project'} ${name}`, id]);
  return Object.fromEntries([['company', world.company().id], ...statuses, ...projects]) as Record<string, string>;
}
