/** Builds CraftDesk: its workspaces, its API under `/craftdesk/v1`, its people, its webhooks. */
import type { BuildDevSystem } from '../world/devSystem.js';
import { sameSecret, webhookSecretOf } from '../http/secret.js';
import type { Mount } from '../http/mount.js';
import { CraftdeskWorld, OTHER_WORKSPACE, OWN_WORKSPACE } from './craftdeskWorld.js';
import { craftdeskError } from './errors.js';
import { PlanLimits } from './limits.js';
import { craftdeskSide } from './side.js';
import { craftdeskRoutes } from './routes.js';
import { CraftdeskWebhooks } from './webhooks.js';

const BASE_PATH = '/craftdesk/v1';

export const buildCraftdesk: BuildDevSystem = ({ world: base, key, behaviour }) => {
  const world = new CraftdeskWorld(base);
  const limits = new PlanLimits(() => behaviour.craftdeskPlan, base.nowMs);
  const webhooks = new CraftdeskWebhooks(world);
  /** The key of the other workspace: valid like the configured one, but it sees nothing that one sees. */
  const otherKey = (): string => `${key()}-other-workspace`;
  const tokenOf = (header: (name: string) => string | undefined): string | undefined =>
    /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1];
  const mount: Mount = {
    name: 'craftdesk',
    basePath: BASE_PATH,
    routes: craftdeskRoutes({
      world,
      limits,
      workspaceOf: (header) => (sameSecret(tokenOf(header), key()) ? OWN_WORKSPACE : OTHER_WORKSPACE),
      order: () => behaviour.craftdeskOrder,
    }),
    authenticate: (header) => {
      const token = tokenOf(header);
      if (sameSecret(token, key()) || sameSecret(token, otherKey())) return limits.enter();
      return limits.stamped(craftdeskError(401, undefined, { api_key: ['Invalid or expired API key'] }));
    },
    error: (status, message) => limits.stamped(craftdeskError(status, message)),
    mediaTypes: ['application/json'],
  };
  return {
    side: craftdeskSide(world),
    mounts: [mount],
    setLag: (lagMs) => world.lag.set(lagMs),
    seed: () => world.seed(),
    reset: () => world.reset(),
    access: (url) => ({
      baseUrl: `${url}${BASE_PATH}`,
      apiKey: key(),
      webhookSecret: webhookSecretOf(base.seed, 'craftdesk'),
      ids: { 'key of another workspace': otherKey() },
    }),
    webhooks,
  };
};
