/**
 * The process of the stack's sandbox: `node sandboxProcess.js <stateFile> <port> <configPath> kitemaker|all [<teamEveryMs>
 * [<listenUrl>]]`, with its page and, where asked, the team that works and webhooks to the listener. It writes its configuration, then says on a line of its own where it
 * serves; it ends on SIGTERM and Ctrl-C.
 */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { pino } from 'pino';

import { TOOL_NAMES } from './configuration/tools.js';
import { sandboxConfiguration } from './configuration/configuration.js';
import type { DevSystem, DevToolSystem } from './world/devSystems.js';
import { webhookSecretOf } from './http/secret.js';
import { seedEveryTeam } from './seeding/everyTeam.js';
import { TEAMS } from './seeding/teams.js';
import { sandboxPage } from './page/page.js';
import { seededRandom } from './world/random.js';
import type { Random } from './world/random.js';
import { startSandbox, type Sandbox } from './sandbox.js';
import { startTeam } from './people/team.js';
import { reasonOf } from '../stack/stackError.js';
import { SERVES } from '../stack/up/sandbox.js';

const USAGE = 'usage: sandboxProcess.js <stateFile> <port> <configPath> kitemaker|all [<teamEveryMs> [<listenUrl>]]';

async function main([stateFile, port, configPath, tools, teamEveryMs, listenUrl]: readonly string[]): Promise<void> {
  if (stateFile === undefined || port === undefined || configPath === undefined || !isTools(tools)) {
    throw new Error(USAGE);
  }
  mkdirSync(dirname(stateFile), { recursive: true });
  const systems = tools === 'all' ? TEAMS.map(({ system }) => system) : ['kitemaker'];
  const log = pino({ level: 'warn' });
  const sandbox = await startSandbox({ stateFile, port: Number(port), log, pages: sandboxPage(systems) });
  if (tools === 'all') seedEveryTeam(sandbox.world);
  if (listenUrl !== undefined) sendWebhooks(sandbox, listenUrl);
  const team =
    teamEveryMs === undefined ? null : startTeam({ sandbox, everyMs: Number(teamEveryMs), random: chance(), systems });
  const stop = (): void => {
    team?.stop();
    sandbox.close().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const options = { tools, ...(listenUrl !== undefined && { listenUrl }) };
  writeConfiguration(configPath, sandboxConfiguration(sandbox, options));
  process.stdout.write(`${SERVES}${sandbox.url}\n`);
}

/** The names are those of the configuration that the sandbox writes. */
function sendWebhooks({ webhooks, kitemaker, world }: Sandbox, listenUrl: string): void {
  webhooks.set({ url: `${listenUrl}/webhooks/km`, secret: kitemaker.webhookSecret });
  for (const [system, tool] of Object.entries<DevSystem>(world.tools)) {
    const name = TOOL_NAMES[system as DevToolSystem];
    tool.webhooks?.set({ url: `${listenUrl}/webhooks/${name}`, secret: webhookSecretOf(world.seed, system) });
  }
}

function isTools(tools: string | undefined): tools is 'kitemaker' | 'all' {
  return tools === 'kitemaker' || tools === 'all';
}

/** Other acts in each run: this is the demo, not a test that has to be repeated. */
const chance = (): Random => seededRandom(Date.now());

/** It holds the sandbox's keys, and others read it while this runs: for its owner only, and in one step. */
function writeConfiguration(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

function fail(error: unknown): never {
  process.stderr.write(`the sandbox: ${reasonOf(error)}\n`);
  process.exit(1);
}

await main(process.argv.slice(2)).catch(fail);
