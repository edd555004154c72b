/** Kitemaker's two APIs: REST with `X-API-KEY` (seed 004), GraphQL with a bearer token (reference api-facts B). */
import type { Behaviour } from '../world/behaviour.js';
import { sameSecret } from '../http/secret.js';
import type { Mount } from '../http/mount.js';
import type { World } from '../world/world.js';
import { kitemakerError } from './errors.js';
import { graphqlRoute } from './graphqlRoute.js';
import { restRoutes } from './restRoutes.js';

export function kitemakerMounts(world: World, behaviour: Behaviour): readonly Mount[] {
  return [
    {
      name: 'kitemaker-rest',
      basePath: '/developers/rest/v1',
      routes: restRoutes(world.kitemaker),
      authenticate: (header) => (sameSecret(header('x-api-key'), world.key('kitemaker')) ? null : kitemakerError(401)),
      error: kitemakerError,
      // The document's own `curl -d '{…}'` lines name no media type: curl then says form-urlencoded, with JSON in it.
      mediaTypes: ['application/json', 'application/x-www-form-urlencoded'],
    },
    {
      name: 'kitemaker-graphql',
      basePath: '/developers',
      routes: [graphqlRoute(world.kitemaker, behaviour)],
      authenticate: (header) => {
        const token = /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1];
        return sameSecret(token, world.key('kitemaker')) ? null : kitemakerError(401);
      },
      error: kitemakerError,
      mediaTypes: ['application/json'],
    },
  ];
}
