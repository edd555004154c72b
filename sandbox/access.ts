/** Where everything of a sandbox is, and the keys that open it. */
import { firstPortalId, firstPortfolioId, firstWorkspaceId } from './seeding/seedWorld.js';
import type { DevSystems } from './world/devSystems.js';
import { DEV_SYSTEM_NAMES } from './world/systems.js';
import type { World } from './world/world.js';

export interface CraftAccess {
  readonly guideUrl: string;
  readonly swaggerUrl: string;
  readonly apiKey: string;
  readonly workspaceId: string;
  readonly portfolioId: string;
  readonly feedbackPortalId: string;
  readonly accountId: string;
}

export interface SandboxAccess {
  /** Of the server: pages at `/`, the admin API at `/_sandbox/`. */
  readonly url: string;
  readonly craft: CraftAccess;
  readonly tools: { readonly [Name in keyof DevSystems]: ReturnType<DevSystems[Name]['access']> };
}

/** `url`: of the server, without a slash at the end. */
export function craftAccess(world: World, url: string): CraftAccess {
  return {
    guideUrl: `${url}/craft/guide`,
    swaggerUrl: `${url}/craft/swagger`,
    apiKey: world.key('craft'),
    workspaceId: firstWorkspaceId(world),
    portfolioId: firstPortfolioId(world),
    feedbackPortalId: firstPortalId(world),
    accountId: world.craft.accountId(),
  };
}

export function toolsAccess(world: World, url: string): SandboxAccess['tools'] {
  const tools = DEV_SYSTEM_NAMES.map((name) => [name, world.tools[name].access(url)]);
  return Object.fromEntries(tools) as SandboxAccess['tools'];
}
