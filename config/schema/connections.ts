/** The sections `craft` and `devTools.*`: what all connections share, and what only Craft.io or a dev tool has. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { TargetFacts } from '../../connectors/targets.js';
import type { CraftSettings, DevToolSettings, RateLimit } from '../../domain/settings.js';
import { DEFAULTS, DURATIONS } from '../defaults.js';
import { isLoopback } from '../environment.js';
import type { Path, Problems } from '../problems.js';
import { notOneOf, parsePart, unknownKey } from './issues.js';
import { ApiKey, SecretText } from './secrets.js';
import { BaseUrl, Count, duration, Id, oneOf, ProxyUrl, Text, TimeZone, UrlTemplate } from './values.js';

const RateLimitSection = z
  .strictObject({ perMinute: Count.optional(), burst: Count.optional(), perMonth: Count.optional() })
  .refine(({ perMinute, burst }) => perMinute === undefined || burst === undefined || burst <= perMinute, {
    message: 'a burst greater than perMinute would break the limit: write at most perMinute',
    path: ['burst'],
  });

const connection = {
  baseUrl: BaseUrl,
  apiKey: ApiKey,
  rateLimit: RateLimitSection.optional(),
  timeout: duration(DURATIONS.timeout).default(DURATIONS.timeout.defaultMs),
  proxy: ProxyUrl.optional(),
  caFile: Text.optional(),
};

const CraftSection = z.strictObject({
  ...connection,
  dialect: oneOf('guide', 'swagger').default(DEFAULTS.dialect),
  accountId: Id.optional(),
  freshFor: duration(DURATIONS.freshFor).default(DURATIONS.freshFor.defaultMs),
});

const DevToolSection = z.strictObject({
  ...connection,
  type: z.string(),
  webhookSecret: SecretText.optional(),
  webhookUrl: BaseUrl.optional(),
  itemUrl: UrlTemplate.optional(),
  timeZone: TimeZone.optional(),
  progressEvery: duration(DURATIONS.progressEvery).default(DURATIONS.progressEvery.defaultMs),
  inventoryEvery: duration(DURATIONS.inventoryEvery).default(DURATIONS.inventoryEvery.defaultMs),
  readAfterWrite: duration(DURATIONS.readAfterWrite).default(DURATIONS.readAfterWrite.defaultMs),
  lateWrite: duration(DURATIONS.lateWrite).default(DURATIONS.lateWrite.defaultMs),
});

/** The name of the connection to Craft.io in errors, budgets and commands. */
export const CRAFT_CONNECTION = 'craft';

export interface ReadCraft {
  readonly settings: CraftSettings;
  readonly apiKey: string;
}
export interface ReadDevTool {
  readonly settings: DevToolSettings;
  readonly apiKey: string;
  readonly webhookSecret: string | null;
}

/** `folder` is the configuration file's: paths in the file are relative to it. */
export function readCraft(value: unknown, folder: string, problems: Problems): ReadCraft | undefined {
  const section = parsePart(CraftSection, value, [CRAFT_CONNECTION], problems);
  if (section === undefined) return undefined;
  warnOfOpenKeys(section, [CRAFT_CONNECTION], problems);
  const settings: CraftSettings = {
    ...toConnection(CRAFT_CONNECTION, section, folder),
    dialect: section.dialect,
    accountId: section.accountId ?? null,
    freshForMs: section.freshFor,
  };
  return { settings, apiKey: section.apiKey };
}

export function readDevTool(
  name: string,
  value: Readonly<Record<string, unknown>>,
  context: {
    readonly folder: string;
    readonly targets: Readonly<Record<string, TargetFacts>>;
    readonly problems: Problems;
  },
): ReadDevTool | undefined {
  const { folder, targets, problems } = context;
  const path = ['devTools', name];
  const kind = kindOf(value['type'], targets, path, problems);
  const { base, own } = splitKeys(value, kind, path, problems);
  const section = parsePart(DevToolSection, base, path, problems);
  const parsedOwn = kind === null ? {} : parsePart(kind.Own, own, path, problems);
  if (section === undefined || parsedOwn === undefined) return undefined;
  warnOfOpenKeys(section, path, problems, parsedOwn);
  if (section.webhookUrl !== undefined && section.webhookSecret === undefined) {
    problems.add([...path, 'webhookUrl'], 'needs webhookSecret: without it no webhook can be verified');
  }
  const settings: DevToolSettings = {
    ...toConnection(name, section, folder, kind?.rateLimitOf?.(parsedOwn)),
    type: section.type,
    itemUrl: section.itemUrl ?? null,
    progressEveryMs: section.progressEvery,
    inventoryEveryMs: section.inventoryEvery,
    webhookUrl: section.webhookUrl ?? null,
    expectsWebhooks: section.webhookSecret !== undefined,
    readAfterWriteMs: section.readAfterWrite,
    lateWriteMs: section.lateWrite,
    own: parsedOwn,
  };
  return { settings, apiKey: section.apiKey, webhookSecret: section.webhookSecret ?? null };
}

function kindOf(
  type: unknown,
  targets: Readonly<Record<string, TargetFacts>>,
  path: Path,
  problems: Problems,
): TargetFacts | null {
  // The section's own schema reports a type that is missing or not a text.
  if (typeof type !== 'string') return null;
  const kind = Object.hasOwn(targets, type) ? targets[type] : undefined;
  if (kind === undefined) problems.add([...path, 'type'], notOneOf(type, Object.keys(targets)));
  return kind ?? null;
}

/** Divides the keys between the schema of all dev tools and that of this type. For an unknown type, none is judged. */
function splitKeys(
  value: Readonly<Record<string, unknown>>,
  kind: TargetFacts | null,
  path: Path,
  problems: Problems,
): { base: Record<string, unknown>; own: Record<string, unknown> } {
  const base: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  const baseKeys = Object.keys(DevToolSection.shape);
  const ownKeys = kind === null ? [] : Object.keys(kind.Own.shape);
  for (const [key, entry] of Object.entries(value)) {
    if (baseKeys.includes(key)) base[key] = entry;
    else if (ownKeys.includes(key)) own[key] = trimmed(entry);
    else if (kind !== null) problems.addUnknownKey([...path, key], unknownKey(key, [...baseKeys, ...ownKeys]));
  }
  return { base, own };
}

/** Blanks around addresses are never intended (design 7, Configuration), not even in what only a connector knows. */
function trimmed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return /^\s*https?:\/\//i.test(value) ? value.trim().replace(/\/+$/, '') : value.trim();
}

function toConnection(
  name: string,
  section: z.output<typeof CraftSection> | z.output<typeof DevToolSection>,
  folder: string,
  implied: Partial<RateLimit> = {},
) {
  return {
    name,
    baseUrl: section.baseUrl,
    rateLimit: toRateLimit(section.rateLimit, implied),
    timeoutMs: section.timeout,
    proxy: section.proxy ?? null,
    caFile: section.caFile === undefined ? null : resolve(folder, section.caFile.trim()),
  };
}

/** Fewer characters than this can be guessed by trying. */
const GUESSABLE_BELOW = 16;

function warnOfOpenKeys(
  section: { readonly baseUrl: string; readonly webhookSecret?: string | undefined },
  path: Path,
  problems: Problems,
  own: object = {},
): void {
  // The key goes to each address that a connector has besides, too.
  for (const [setting, address] of Object.entries({ ...own, baseUrl: section.baseUrl })) {
    if (typeof address !== 'string' || !/^http:\/\//i.test(address)) continue;
    const { hostname } = new URL(address);
    if (isThisMachine(hostname)) continue;
    problems.warn([...path, setting], `sends the key unencrypted to ${hostname}: use https:// where the server can`);
  }
  if (section.webhookSecret !== undefined && section.webhookSecret.length < GUESSABLE_BELOW) {
    const message = `has fewer than ${GUESSABLE_BELOW} characters: whoever guesses it can forge webhooks`;
    problems.warn([...path, 'webhookSecret'], message);
  }
}

function isThisMachine(hostname: string): boolean {
  return isLoopback(hostname.replace(/^\[|\]$/g, '')) || hostname.endsWith('.localhost');
}

/** A written limit wins over one that the tool's own settings imply (`plan`). */
function toRateLimit(section: z.output<typeof RateLimitSection> | undefined, implied: Partial<RateLimit>): RateLimit {
  return {
    perMinute: section?.perMinute ?? implied.perMinute ?? null,
    burst: section?.burst ?? implied.burst ?? DEFAULTS.burst,
    perMonth: section?.perMonth ?? implied.perMonth ?? null,
  };
}
