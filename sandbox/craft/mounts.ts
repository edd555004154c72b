/**
 * Craft.io's public API in its two descriptions, over the same account: the guide and the Swagger (sources: Craft.io
 * guide, Craft.io API). A real server speaks one of them; here each has its own base path.
 */
import type { Behaviour } from '../world/behaviour.js';
import type { Mount, MountName, Route } from '../http/mount.js';
import { sameSecret } from '../http/secret.js';
import type { World } from '../world/world.js';
import { craftError } from './errors.js';
import { guideRoutes } from './guideRoutes.js';
import type { CraftWorld } from './craftWorld.js';
import { feedbackRoutes } from './feedbackRoutes.js';
import { portfolioRoutes } from './portfolioRoutes.js';
import { documentedQuery } from './queries.js';
import { sharedRoutes, type Dialect } from './sharedRoutes.js';
import { swaggerRoutes } from './swaggerRoutes.js';

export function craftMounts(world: World, behaviour: Behaviour): readonly Mount[] {
  return [
    {
      ...mount(world, 'craft-guide', 'x-craft-api-key'),
      basePath: '/craft/guide',
      routes: [...routes(world.craft, behaviour, 'guide'), ...guideRoutes(world.craft, behaviour)].map(documentedQuery),
    },
    {
      ...mount(world, 'craft-swagger', 'x-api-key'),
      basePath: '/craft/swagger',
      routes: [...routes(world.craft, behaviour, 'swagger'), ...swaggerRoutes(world.craft, behaviour)].map(
        documentedQuery,
      ),
    },
  ];
}

/** What both descriptions have. */
function routes(craft: CraftWorld, behaviour: Behaviour, dialect: Dialect): readonly Route[] {
  return [
    ...sharedRoutes(craft, behaviour, dialect),
    ...portfolioRoutes(craft, behaviour, dialect),
    ...feedbackRoutes(craft, () => dialect === 'guide' && behaviour.craftGuideList === 'array'),
  ];
}

function mount(
  world: World,
  name: MountName,
  keyHeader: string,
): Pick<Mount, 'name' | 'authenticate' | 'error' | 'mediaTypes'> {
  return {
    name,
    mediaTypes: ['application/json'],
    authenticate: (header) => (sameSecret(header(keyHeader), world.key('craft')) ? null : craftError(401)),
    error: craftError,
  };
}
