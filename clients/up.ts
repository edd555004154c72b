/**
 * The command `up` (design 7): reads its flags, checks what they mean before anything starts, and runs the one-machine
 * stack (stack/up/up.ts). The stack is loaded when the command runs, since the production image has none.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { readEnvironment } from '../config/environment.js';
import { CommandFailure } from './failure.js';
import type { Terminal } from './terminal.js';
import type { SandboxFlag } from '../stack/up/configurationChoice.js';

interface UpFlags {
  readonly config?: string;
  readonly state?: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly listenPort?: number;
  readonly sandbox?: SandboxFlag;
}

const TEMPORAL_PORT = 7233;
const UI_PORT = 8233;

const NO_STACK =
  'the command up is not part of this image: it runs the one-machine stack from a checkout. ' +
  'Here run apply, then worker and listen, as docker-compose.yml does';

export function upCommand(terminal: Terminal): Command {
  return new Command('up')
    .description(
      'run everything on this machine: Temporal with its UI, Postgres, a worker and, where no configuration is given, a sandbox to try it on',
    )
    .addOption(
      new Option('--config <file>', 'the configuration (else CRAFTSYNC_CONFIG, ./craftsync.yaml, the sandbox’s)'),
    )
    .addOption(new Option('--state <dir>', 'where its data is kept (else CRAFTSYNC_STATE, .craftsync)'))
    .addOption(
      new Option('--temporal-port <port>', 'the port of the Temporal server; 0: any free one')
        .default(TEMPORAL_PORT)
        .argParser(portOf),
    )
    .addOption(
      new Option('--ui-port <port>', "the port of Temporal's UI; 0: any free one").default(UI_PORT).argParser(portOf),
    )
    .addOption(new Option('--listen-port <port>', 'the port of the HTTP listener; 0: any free one').argParser(portOf))
    .addOption(
      new Option('--sandbox <which>', 'use the sandbox even if there is a configuration').choices(['kitemaker', 'all']),
    )
    .addOption(new Option('--no-sandbox', 'never use the sandbox'))
    .action(async (_flags: unknown, command: Command) => {
      process.exitCode = await run(command.optsWithGlobals<UpFlags>(), terminal);
    });
}

async function run(flags: UpFlags, terminal: Terminal): Promise<number> {
  if (!existsSync(new URL('../stack/', import.meta.url))) throw new CommandFailure(NO_STACK);
  const { runUp } = await import('../stack/up/up.js');
  const { env, cwd } = terminal;
  const environment = readEnvironment(env);
  return runUp({
    stateDir: flags.state === undefined ? environment.stateDir : resolve(cwd, flags.state),
    named: flags.config ?? environment.configPath,
    sandbox: flags.sandbox,
    temporalPort: flags.temporalPort,
    uiPort: flags.uiPort,
    listenPort: flags.listenPort ?? null,
    environment,
    env,
    cwd,
    print: (line) => terminal.print(line),
  });
}

/** @throws InvalidArgumentError, which commander shows with the option's name. */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}
