/**
 * The sandbox as a process of its own: `node dist/sandbox/main.js [options]`, for `craftsync up`, tests and benchmarks.
 * When it serves, and its configuration is written, it prints one line of JSON: where everything is, keys included. Its
 * log goes to stderr. It stops on SIGTERM and Ctrl-C.
 */
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { sandboxConfiguration } from './configuration/configuration.js';
import { webhookUrlOf } from './configuration/tools.js';
import { sandboxPage } from './page/page.js';
import { startTeam } from './people/team.js';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
import { seedEveryTeam } from './seeding/everyTeam.js';
import { seededRandom } from './world/random.js';
import { DEFAULT_TOOL, DEV_SYSTEM_NAMES, type DevSystemName } from './world/systems.js';

const USAGE = `usage: main.js [options]
  --port N               any free port without it
  --host ADDRESS         127.0.0.1 without it
  --state FILE           keeps the state there over restarts
  --items N              Craft items of an empty world
  --seed N               another world, other keys
  --tools NAMES          the dev tools that are shown and fed: all, or some of ${DEV_SYSTEM_NAMES.join(',')}
  --configuration FILE   writes a craftsync.yaml for these tools
  --team-every MS        a team works in it, with one act about this often
  --webhooks-to URL      of craftsync's listener: these tools call it when something changes`;

interface Settings extends SandboxOptions {
  readonly systems: readonly DevSystemName[];
  readonly configuration: string | null;
  readonly teamEveryMs: number | null;
  readonly listenUrl: string | null;
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      state: { type: 'string' },
      items: { type: 'string' },
      seed: { type: 'string' },
      tools: { type: 'string', default: DEFAULT_TOOL },
      configuration: { type: 'string' },
      'team-every': { type: 'string' },
      'webhooks-to': { type: 'string' },
    },
  });
  return {
    port: wholeNumber('port', values.port),
    host: values.host,
    ...(values.state !== undefined && { stateFile: values.state }),
    ...(values.items !== undefined && { items: wholeNumber('items', values.items) }),
    ...(values.seed !== undefined && { seed: wholeNumber('seed', values.seed) }),
    systems: systemsNamed(values.tools),
    configuration: values.configuration ?? null,
    teamEveryMs: values['team-every'] === undefined ? null : wholeNumber('team-every', values['team-every']),
    listenUrl: values['webhooks-to'] ?? null,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

function systemsNamed(text: string): readonly DevSystemName[] {
  if (text === 'all') return DEV_SYSTEM_NAMES;
  return text.split(',').map((name) => {
    const system = DEV_SYSTEM_NAMES.find((one) => one === name);
    if (system === undefined) throw new Error(`--tools knows no "${name}", but all, ${DEV_SYSTEM_NAMES.join(', ')}`);
    return system;
  });
}

async function main(settings: Settings): Promise<void> {
  const { systems, listenUrl, teamEveryMs } = settings;
  const log = pino({ level: 'warn' }, pino.destination(2));
  const sandbox = await startSandbox({ ...settings, log, pages: sandboxPage(systems) });
  if (systems.some((system) => system !== DEFAULT_TOOL)) seedEveryTeam(sandbox.world);
  if (listenUrl !== null) sendWebhooks(sandbox, systems, listenUrl);
  // Other acts in each run: this is the demo, not a test that has to be repeated.
  const random = seededRandom(Date.now());
  const team = teamEveryMs === null ? null : startTeam({ sandbox, everyMs: teamEveryMs, random, systems });
  const stop = (): void => {
    team?.stop();
    sandbox.close().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (settings.configuration !== null) {
    const text = sandboxConfiguration(sandbox, { systems, ...(listenUrl !== null && { listenUrl }) });
    writeForOwner(settings.configuration, text);
  }
  const { url, craft, tools } = sandbox;
  // Last: the reader of this line may end this process at once.
  process.stdout.write(`${JSON.stringify({ url, craft, tools, configuration: settings.configuration })}\n`);
}

function sendWebhooks({ world, tools }: Sandbox, systems: readonly DevSystemName[], listenUrl: string): void {
  for (const system of systems) {
    const target = { url: webhookUrlOf(system, listenUrl), secret: tools[system].webhookSecret };
    world.tools[system].webhooks?.set(target);
  }
}

/** In one step, since others read the file while this runs, and with mode 0600, since it holds the sandbox's keys. */
function writeForOwner(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

function fail(error: unknown): never {
  process.stderr.write(`the sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function settingsOrUsage(): Settings {
  try {
    return readSettings();
  } catch (error) {
    process.stderr.write(`${USAGE}\n`);
    return fail(error);
  }
}

await main(settingsOrUsage()).catch(fail);
