/**
 * Craft.io's public API in its two descriptions, over the same account: the guide (seeds 000 and 001) and the Swagger
 * (reference api-facts A). A real server is one of them; here each has its own base path.
 */
import type { Behaviour } from '../behaviour.js';
import type { Mount, MountName } from '../http/mount.js';
import { sameSecret } from '../http/secret.js';
import type { World } from '../world.js';
import { craftError } from './errors.js';
import { guideRoutes } from './guideRoutes.js';
import { sharedRoutes } from './sharedRoutes.js';
import { swaggerRoutes } from './swaggerRoutes.js';

export function craftMounts(world: World, behaviour: Behaviour): readonly Mount[] {
  return [
    {
      ...mount(world, 'craft-guide', 'x-craft-api-key'),
      basePath: '/craft/guide',
      routes: [...sharedRoutes(world.craft, behaviour, 'guide'), ...guideRoutes(world.craft, behaviour)],
    },
    {
      ...mount(world, 'craft-swagger', 'x-api-key'),
      basePath: '/craft/swagger',
      routes: [...sharedRoutes(world.craft, behaviour, 'swagger'), ...swaggerRoutes(world.craft, behaviour)],
    },
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
