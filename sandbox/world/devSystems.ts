/** The dev tools of the sandbox, one line each. */
import { buildCraftdesk } from '../craftdesk/index.js';
import { buildCraftnote } from '../craftnote/index.js';
import { buildKitemaker } from '../kitemaker/index.js';
import { buildRedmine } from '../redmine/index.js';
import type { BuildDevSystem } from './devSystem.js';
import type { DevSystemName } from './systems.js';

export const DEV_SYSTEMS = {
  kitemaker: buildKitemaker,
  craftdesk: buildCraftdesk,
  craftnote: buildCraftnote,
  redmine: buildRedmine,
} as const satisfies Record<DevSystemName, BuildDevSystem>;

/** Each with what is its own besides the common port. */
export type DevSystems = { readonly [Name in DevSystemName]: ReturnType<(typeof DEV_SYSTEMS)[Name]> };
