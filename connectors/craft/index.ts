/**
 * Craft.io, in the dialect of the integration guide or of its Swagger (design 6).
 * `openHttp` opens the one client, with the dialect's header.
 */
import type { CraftSettings } from '../../domain/settings.js';
import type { OpenHttp } from '../http/request.js';
import type { ConnectionMemory } from '../port/connectionMemory.js';
import type { CraftConnector } from '../port/craft.js';
import { checkCraft } from './check/index.js';
import type { CraftContext } from './context.js';
import { dialectOf } from './dialects.js';
import { createFeedback } from './feedback.js';
import { createFieldDirectory } from './directories/fields.js';
import { findItem } from './find.js';
import { listIds, listReady, listSource, lookForStatus, readItem } from './items.js';
import { knowsUpdates, narrowedFilter } from './narrowed.js';
import { toRestore } from './restore.js';
import { ErrorAnswer } from './schema.js';
import { createStatusDirectory } from './directories/statuses.js';
import { createTermDirectory } from './directories/terms.js';
import { createMutex } from './mutex.js';
import { writeItem } from './writes.js';

export interface CraftConnectorOptions {
  readonly settings: CraftSettings;
  readonly openHttp: OpenHttp;
  readonly memory: ConnectionMemory;
  /** Milliseconds; for ageing what is kept. @default the process's clock */
  readonly now?: () => number;
}

export function createCraftConnector(options: CraftConnectorOptions): CraftConnector {
  const context = openContext(options);
  return {
    listReady: (source, rule, call, except) => listReady(context, { source, rule, call, except }),
    listAll: (source, call, narrowed) => listSource(context, source, narrowedFilter(context, source, narrowed), call),
    knowsUpdates: (source) => knowsUpdates(context, source),
    listIds: (source, call) => listIds(context, source, call),
    readItem: (source, id, call) => readItem(context, source, id, call),
    findItem: (source, idOrShortId, call) => findItem(context, source, idOrShortId, call),
    writeItem: (source, id, write, call, readLately) => writeItem(context, { source, id, write, call, readLately }),
    toRestore: (item, handedOver, paths) => toRestore(context.craft.dialect, item, handedOver, paths),
    customFields: (source, call) => context.fields.list(source, call),
    feedback: createFeedback(context),
    check: (pipelines, call, intakes = []) => checkCraft(context, { pipelines, intakes }, call),
  };
}

function openContext({ settings, openHttp, memory, now = Date.now }: CraftConnectorOptions): CraftContext {
  const dialect = dialectOf(settings);
  const http = openHttp({ authHeaders: (apiKey) => ({ [dialect.keyHeader]: apiKey }), describeError });
  const craft = { connection: settings.name, http, dialect, withoutFields: new Set<string>() };
  const fields = createFieldDirectory(craft, now);
  const context: CraftContext = {
    settings,
    craft,
    memory,
    fields,
    statuses: createStatusDirectory(craft, now, (source, look, call) => lookForStatus(context, source, look, call)),
    terms: createTermDirectory(craft, now),
    firstWrites: createMutex(),
    putKinds: new Map(),
  };
  return context;
}

const PATHS_NAMED = 5;

/** Craft.io's message and the paths of what it refused, never the refused values beside them. */
function describeError(_status: number, body: unknown): string | null {
  const read = ErrorAnswer.safeParse(body);
  if (!read.success || read.data.message.trim() === '') return null;
  const { message, details } = read.data;
  const paths = Object.keys(details ?? {}).slice(0, PATHS_NAMED);
  return paths.length === 0 ? message : `${message} (${paths.join(', ')})`;
}
