/**
 * The dev tools that exist, one line each. A type of `targets.ts` that is forgotten here does not compile.
 */
import type { DevToolSettings } from '../domain/settings.js';
import { createCraftnoteConnector } from './craftnote/index.js';
import type { OpenHttp } from './http/request.js';
import { createCraftdeskConnector } from './craftdesk/index.js';
import { createKitemakerConnector } from './kitemaker/index.js';
import { saysPartOf } from './partOf.js';
import type { DevToolConnector } from './port/devTool.js';
import { createRedmineConnector } from './redmine/index.js';
import { type DevToolType, isDevToolType, TARGETS } from './targets.js';

type CreateConnector = (settings: DevToolSettings, openHttp: OpenHttp) => DevToolConnector;

const CONNECTORS = {
  craftnote: createCraftnoteConnector,
  kitemaker: createKitemakerConnector,
  redmine: createRedmineConnector,
  craftdesk: createCraftdeskConnector,
} as const satisfies Record<DevToolType, CreateConnector>;

/** Throws for a type that does not exist; `config/` refuses one earlier. */
export function createDevTool(settings: DevToolSettings, openHttp: OpenHttp): DevToolConnector {
  if (isDevToolType(settings.type)) return saysPartOf(CONNECTORS[settings.type](settings, openHttp));
  throw new Error(`devTools.${settings.name}.type "${settings.type}" is none of ${Object.keys(TARGETS).join(', ')}`);
}
