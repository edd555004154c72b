/**
 * Builds Kitemaker: its organisation, its two APIs (REST with `X-API-KEY`, GraphQL with a bearer token), its people,
 * its webhooks (sources: Kitemaker).
 */
import { sameSecret, webhookSecretOf } from '../http/secret.js';
import type { Mount } from '../http/mount.js';
import type { DevAccess, DevSystem, DevSystemParts } from '../world/devSystem.js';
import { kitemakerError } from './errors.js';
import { graphqlRoute } from './graphqlRoute.js';
import { KitemakerWorld } from './kitemakerWorld.js';
import { restRoutes } from './restRoutes.js';
import { resetKitemaker, seedKitemaker } from './seed.js';
import { kitemakerSide } from './side.js';
import { KitemakerWebhooks } from './webhooks.js';

const REST_PATH = '/developers/rest/v1';
const GRAPHQL_PATH = '/developers';

export interface KitemakerSpace {
  readonly id: string;
  readonly key: string;
  readonly statuses: readonly { readonly id: string; readonly name: string }[];
}

export interface KitemakerAccess extends DevAccess {
  readonly graphqlUrl: string;
  readonly spaces: readonly KitemakerSpace[];
}

export interface KitemakerSystem extends DevSystem {
  readonly world: KitemakerWorld;
  readonly webhooks: KitemakerWebhooks;
  access(url: string): KitemakerAccess;
}

export function buildKitemaker(parts: DevSystemParts): KitemakerSystem {
  const kitemaker = new KitemakerWorld(parts.world);
  return {
    world: kitemaker,
    side: kitemakerSide(kitemaker),
    mounts: mountsOf(kitemaker, parts),
    setLag: (lagMs) => kitemaker.setLag(lagMs),
    seed: () => seedKitemaker(kitemaker),
    reset: () => resetKitemaker(kitemaker),
    access: (url) => accessTo(kitemaker, parts, url),
    webhooks: new KitemakerWebhooks(parts.world, parts.log ?? null),
  };
}

function mountsOf(kitemaker: KitemakerWorld, { key, behaviour }: DevSystemParts): readonly Mount[] {
  return [
    {
      name: 'kitemaker-rest',
      basePath: REST_PATH,
      routes: restRoutes(kitemaker),
      authenticate: (header) => (sameSecret(header('x-api-key'), key()) ? null : kitemakerError(401)),
      error: kitemakerError,
      // The document's own `curl -d '{…}'` lines name no media type: curl then says form-urlencoded, with JSON in it.
      mediaTypes: ['application/json', 'application/x-www-form-urlencoded'],
    },
    {
      name: 'kitemaker-graphql',
      basePath: GRAPHQL_PATH,
      routes: [graphqlRoute(kitemaker, behaviour)],
      authenticate: (header) => {
        const token = /^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1];
        return sameSecret(token, key()) ? null : kitemakerError(401);
      },
      error: kitemakerError,
      mediaTypes: ['application/json'],
    },
  ];
}

function accessTo(kitemaker: KitemakerWorld, { world, key }: DevSystemParts, url: string): KitemakerAccess {
  const spaces = [...kitemaker.spaces.values()];
  return {
    baseUrl: `${url}${REST_PATH}`,
    graphqlUrl: `${url}${GRAPHQL_PATH}/graphql`,
    apiKey: key(),
    webhookSecret: webhookSecretOf(world.seed, 'kitemaker'),
    ids: Object.fromEntries(spaces.map((space) => [`space ${space.key}`, space.id])),
    spaces: spaces.map(({ id, key: spaceKey, statuses }) => ({
      id,
      key: spaceKey,
      statuses: statuses.map((status) => ({ id: status.id, name: status.name })),
    })),
  };
}
