/** The `craftsync.yaml` that fits a sandbox: what `up` uses where no configuration is given, and a first example to read. */
import { stringify } from 'yaml';
import { allToolsConfiguration, type AllToolsAccess } from './tools.js';
import type { Sandbox } from '../sandbox.js';

/** Where a sandbox is and what opens it. */
export type SandboxAccess = Pick<Sandbox, 'url' | 'craft' | 'kitemaker'> & AllToolsAccess;

export interface ConfigurationOptions {
  /** @default kitemaker */
  readonly tools?: 'kitemaker' | 'all';
  /** Of the listener, for tools that are told by `apply` where to call. */
  readonly listenUrl?: string;
}

/** Throws where the sandbox has no spaces. Contains its keys: write it with mode 0600. */
export function sandboxConfiguration(access: SandboxAccess, options: ConfigurationOptions = {}): string {
  const { url, craft, kitemaker } = access;
  const space = kitemaker.spaces[0];
  if (space === undefined) throw new Error('the sandbox has no space to hand items over to');
  const all = options.tools === 'all' ? allToolsConfiguration(access, options.listenUrl ?? null) : null;
  return [
    craftSection(url, craft),
    devToolsSection(url, kitemaker) + (all === null ? '' : within(all.devTools)),
    pipelineSection(craft.workspaceId, space.id) + (all === null ? '' : within(all.pipelines)),
  ].join('\n');
}

/** Further entries of a section. */
function within(entries: Readonly<Record<string, unknown>>): string {
  const lines = stringify(entries, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
  return lines.replace(/^(?=.)/gm, '  ');
}

function craftSection(url: string, craft: SandboxAccess['craft']): string {
  return `# craftsync on the sandbox: a Craft.io account and the development tools beside it on this machine (${url}/).
# The intervals are short, to be watched; what stands in brackets is the default.

craft:
  baseUrl: ${text(craft.guideUrl)}
  dialect: guide                    # the sandbox speaks both; ${craft.swaggerUrl} is the other one
  accountId: ${text(craft.accountId)}
  apiKey: ${text(craft.apiKey)}     # of the sandbox alone; a real one is written \${CRAFT_API_KEY}
  rateLimit: { perMinute: 600, burst: 20 }
  timeout: 5 seconds                # [30 seconds]
  freshFor: 10 seconds              # [60 seconds]
`;
}

function devToolsSection(url: string, kitemaker: SandboxAccess['kitemaker']): string {
  return `devTools:
  km:
    type: kitemaker
    baseUrl: ${text(kitemaker.restUrl)}
    graphqlUrl: ${text(kitemaker.graphqlUrl)}
    apiKey: ${text(kitemaker.apiKey)}
    webhookSecret: ${text(kitemaker.webhookSecret)}
    rateLimit: { perMinute: 600, burst: 20 }
    itemUrl: ${text(`${url}/#{spaceKey}-{number}`)}
    progressEvery: 15 seconds       # [5 minutes]; webhooks bring changes at once, this what they lose
    inventoryEvery: 5 minutes       # [24 hours]
    readAfterWrite: 1 second        # [10 seconds]
    lateWrite: 2 seconds            # [60 seconds]
    timeout: 5 seconds              # [30 seconds]
`;
}

function pipelineSection(workspaceId: string, spaceId: string): string {
  return `pipelines:
  mobile:
    source: { workspace: ${text(workspaceId)} }
    ready:
      status: Ready for Development
      types: [Feature, Story]
      where: [{ field: customFields.team, equals: mobile }]
    target: { devTool: km, spaceId: ${text(spaceId)}, status: To do }
    sweepEvery: 1 minute            # [60 minutes]
    driftEvery: 1 minute            # [60 minutes]
    fields:                         # Kitemaker's field <- Craft.io's
      title: "{shortId} {title}"
      description: { from: description, required: true }
      effort: { from: effort, values: { "1": small, "2": medium, "3": large }, required: true }
    progress:
      field: dev_status
      linkField: dev_link
      keyField: dev_key
      stateField: dev_state
      statuses:                     # Kitemaker's words -> ours
        Backlog: To do
        To do: To do
        In Progress: In development
        In Review: In review
        Done: Done
        Dropped: Dropped
      unmapped: keep
      doneWhen: [Done]
      droppedWhen: [Dropped]
      onDropped: flag
    lock: { status: In Development, field: dev_lock, value: View only, released: "", onDrift: flag }
    onDevItemDeleted: flag
    settleFor: 5 minutes            # [7 days]
`;
}

/** A YAML scalar that stays a text: ids are longer than numbers are exact. */
function text(value: string): string {
  return stringify(value, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd();
}
