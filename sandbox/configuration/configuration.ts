/** The `craftsync.yaml` for a sandbox: what `up` uses where no configuration is given, and a first example to read. */
import { Document, isCollection, isScalar, visit, type Pair } from 'yaml';
import type { SandboxAccess } from '../access.js';
import { DEFAULT_TOOL, type DevSystemName } from '../world/systems.js';
import { devToolOf, nameOf, pipelineOf, teamOf } from './tools.js';

export interface ConfigurationOptions {
  /** @default `DEFAULT_TOOL` alone */
  readonly systems?: readonly DevSystemName[];
  /** Of the listener, for tools that `apply` tells where to call. */
  readonly listenUrl?: string;
}

/** Written on one line each. */
const ON_ONE_LINE = new Set(
  'rateLimit source types where target description effort doneWhen droppedWhen lock'.split(' '),
);

/** A blank line comes before each. */
const SECTIONS = new Set(['devTools', 'pipelines']);

/** Shown behind each setting of this name. */
const COMMENTS: Readonly<Record<string, string>> = {
  progressEvery: '[5 minutes]; webhooks bring changes at once, this finds what they lose',
  inventoryEvery: '[24 hours]',
  readAfterWrite: '[10 seconds]',
  lateWrite: '[60 seconds]',
  timeout: '[30 seconds]',
  freshFor: '[60 seconds]',
  sweepEvery: '[60 minutes]',
  driftEvery: '[60 minutes]',
  settleFor: '[7 days]',
};

/** Contains the sandbox's keys: write it with mode 0600. */
export function sandboxConfiguration(access: SandboxAccess, options: ConfigurationOptions = {}): string {
  const systems = options.systems ?? [DEFAULT_TOOL];
  const sections = {
    craft: craftOf(access),
    devTools: Object.fromEntries(
      systems.map((system) => [nameOf(system), devToolOf(access, system, options.listenUrl ?? null)]),
    ),
    pipelines: Object.fromEntries(systems.map((system) => [teamOf(system), pipelineOf(access, system)])),
  };
  const document = new Document(sections, { aliasDuplicateObjects: false });
  document.commentBefore =
    ` craftsync on the sandbox: a Craft.io account and development tools on this machine (${access.url}/).\n` +
    ' The intervals are short, so that you can watch; the defaults are in brackets.';
  visit(document, { Pair: (_, pair) => laidOut(pair, access) });
  return document.toString({ lineWidth: 0 });
}

function craftOf({ craft }: SandboxAccess) {
  return {
    baseUrl: craft.guideUrl,
    dialect: 'guide',
    accountId: craft.accountId,
    apiKey: craft.apiKey,
    rateLimit: { perMinute: 600, burst: 20 },
    timeout: '5 seconds',
    freshFor: '10 seconds',
  };
}

function laidOut({ key, value }: Pair, { craft }: SandboxAccess): void {
  const name = isScalar(key) ? String(key.value) : '';
  if (isScalar(key)) key.spaceBefore = SECTIONS.has(name);
  if (isCollection(value)) {
    if (ON_ONE_LINE.has(name)) value.flow = true;
    else if (name === 'fields') value.commentBefore = " the dev tool's field <- Craft.io's";
    else if (name === 'statuses') value.commentBefore = " the dev tool's words -> ours";
    return;
  }
  if (!isScalar(value)) return;
  const comment =
    name === 'dialect'
      ? `the sandbox speaks both; the other one is at ${craft.swaggerUrl}`
      : value.value === craft.apiKey
        ? 'of the sandbox alone; write a real one as ${CRAFT_API_KEY}'
        : COMMENTS[name];
  if (comment !== undefined) value.comment = ` ${comment}`;
}
