/**
 * The command lines of craftsync (design 7). Each command is a file of this folder that is loaded only when it is
 * called, so that `--help` and usage errors are quick.
 */
import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import type { CommandContext } from './resources.js';
import type { Terminal } from './terminal.js';
import { feedbackCommand } from './feedback/command.js';
import { portOf, upCommand } from './up.js';

interface Flags {
  readonly config?: string;
  readonly state?: string;
}

/** Values of a command's own options, of the types that the declarations below give them. */
type Options = Record<string, string | boolean | undefined>;
type Run = (context: CommandContext, args: string[], options: Options) => Promise<void>;

const ITEM = new Argument('<item>', 'a Craft item, by its id or short id');
const PIPELINE = new Argument('<pipeline>', 'a pipeline of the configuration');
const JSON_OPTION = new Option('--json', 'print JSON alone on stdout');
const REASON = new Option('--reason <text>', 'why, for the log');

export function createProgram(terminal: Terminal): Command {
  const program = new Command('craftsync')
    .description('Hands ready Craft.io items over to a development tool exactly once, as durable Temporal workflows.')
    .version(version(), '-V, --version', 'print the version')
    .option('--config <file>', 'the configuration (else CRAFTSYNC_CONFIG, ./craftsync.yaml, the running stack’s)')
    .option('--state <dir>', 'the data of the one-machine stack (else CRAFTSYNC_STATE, .craftsync)')
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => terminal.print(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.note(text.replace(/\n$/, '')),
      outputError: (text, write) => write(`${usageError(text)}\n`),
    })
    .exitOverride();
  program.addCommand(upCommand(terminal));
  const add = (command: Command, run: Run): void => {
    command.action(async (...args: unknown[]) => {
      const { config, state } = command.optsWithGlobals<Flags>();
      const positional = args.slice(0, -2).filter((arg) => arg !== undefined) as string[];
      await run({ terminal, flags: { config, state } }, positional, command.opts());
    });
    program.addCommand(command);
  };
  addOperation(add);
  addSweeps(add);
  addVerbs(add);
  addViews(add);
  program.addCommand(feedbackCommand(terminal));
  for (const command of program.commands) inherit(command, program);
  return program;
}

type Add = (command: Command, run: Run) => void;

function addOperation(add: Add): void {
  add(
    new Command('apply')
      .description(
        'bring the ledger, search attributes and schedules in line with the configuration; a second run changes nothing',
      )
      .option('--rename <old=new>', 'a pipeline was renamed: move its links to the new name (repeatable)', collect, [])
      .option('--accept', 'a changed target or a replaced pipeline is intended: links keep their dev items'),
    async (context, _args, options) => {
      const { apply } = await import('./apply/command.js');
      await apply(context, { renames: options['rename'] as unknown as string[], accept: options['accept'] === true });
    },
  );
  addWorker(add);
  addListener(add);
  add(
    new Command('check')
      .description('probe every connection: keys, spaces, statuses, fields; exits 1 if anything is wrong')
      .addOption(JSON_OPTION),
    async (context, _args, options) => {
      const { check } = await import('./check/command.js');
      await check(context, { json: options['json'] === true });
    },
  );
  add(
    new Command('preview')
      .description('dry run: what would be created, field by field; writes nothing; exits 1 if anything is wrong')
      .addArgument(PIPELINE)
      .addOption(JSON_OPTION),
    async (context, [pipeline = ''], options) => {
      const { preview } = await import('./preview/command.js');
      await preview(context, pipeline, { json: options['json'] === true });
    },
  );
}

function addWorker(add: Add): void {
  add(
    new Command('worker')
      .description('run a worker until SIGTERM')
      .addOption(
        new Option(
          '--listen-port <port>',
          'serve /healthz and /readyz on this port of 127.0.0.1 (else CRAFTSYNC_WORKER_LISTEN, nowhere); 0: any free one',
        ).argParser(portOf),
      ),
    async (context, _args, options) => {
      const { worker } = await import('./worker.js');
      const { listenPort } = options as { listenPort?: number };
      await worker(context, { listenPort: listenPort ?? null });
    },
  );
}

function addListener(add: Add): void {
  add(
    new Command('listen')
      .description('run the HTTP listener until SIGTERM: webhooks of dev tools, health, metrics')
      .option('--host <address>', 'the address to listen on (else CRAFTSYNC_LISTEN, 127.0.0.1)')
      .addOption(
        new Option(
          '--listen-port <port>',
          'the port to listen on (else CRAFTSYNC_LISTEN, 8788); 0: any free one',
        ).argParser(portOf),
      ),
    async (context, _args, options) => {
      const { listen } = await import('./listen/command.js');
      const { host, listenPort } = options as { host?: string; listenPort?: number };
      await listen(context, { host: host ?? null, port: listenPort ?? null });
    },
  );
}

function addSweeps(add: Add): void {
  add(
    new Command('sweep')
      .description('look for ready items now, start the new ones, and wait for that')
      .addArgument(PIPELINE)
      .option('--all', 'start all new items, even more than maxNewPerSweep')
      .addOption(JSON_OPTION),
    async (context, [pipeline = ''], options) => {
      const { sweep } = await import('./sweeps.js');
      await sweep(context, pipeline, { all: options['all'] === true, json: options['json'] === true });
    },
  );
  add(
    new Command('progress')
      .description('read what changed in a dev tool now, wake those items, and wait for that')
      .argument('<devTool>', 'a dev tool of the configuration')
      .addOption(JSON_OPTION),
    async (context, [devTool = ''], options) => {
      const { progress } = await import('./sweeps.js');
      await progress(context, devTool, { json: options['json'] === true });
    },
  );
}

const verb = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .addArgument(PIPELINE)
    .addArgument(ITEM)
    .addOption(REASON)
    .addOption(JSON_OPTION);

const common = (options: Options) => ({
  reason: typeof options['reason'] === 'string' ? options['reason'] : null,
  json: options['json'] === true,
});

function addVerbs(add: Add): void {
  add(
    verb(
      'resync',
      'read both sides of an item now and write what differs; an unknown item is started if it is ready',
    ).option('--accept-drift', "take the Craft item's current values as handed over"),
    async (context, [pipeline = '', item = ''], options) => {
      const { resync } = await import('./verbs/resync.js');
      await resync(context, { pipeline, item }, { ...common(options), acceptDrift: options['acceptDrift'] === true });
    },
  );
  for (const [name, description] of [
    ['release', 'end the sync of an item: unlock it in Craft.io; it stays released'],
    ['recreate', 'create a new dev item for an item that is orphaned, released or done'],
  ] as const) {
    add(verb(name, description), async (context, [pipeline = '', item = ''], options) => {
      const verbs = await import('./verbs/updates.js');
      await verbs[name](context, { pipeline, item }, common(options));
    });
  }
  addRelink(add);
  addPauses(add);
}

function addRelink(add: Add): void {
  add(
    verb('relink', 'link an item to another dev item')
      .argument('[devItemId]', 'the id of the dev item in the dev tool')
      .option('--dev-item <id>', 'the same, as an option'),
    async (context, [pipeline = '', item = '', devItemId], options) => {
      const { relink } = await import('./verbs/updates.js');
      const named = options['devItem'];
      await relink(
        context,
        { pipeline, item },
        { ...common(options), positional: devItemId, named: typeof named === 'string' ? named : undefined },
      );
    },
  );
}

function addPauses(add: Add): void {
  for (const [name, description, target] of [
    ['pause', 'write nothing for an item until it is resumed', 'a pipeline'],
    ['resume', 'resume a paused item, connection or pipeline', 'a pipeline, alone or with an item; or a connection'],
  ] as const) {
    add(
      new Command(name)
        .description(description)
        .argument('<pipeline>', target)
        .argument('[item]', 'a Craft item, by its id or short id')
        .addOption(REASON)
        .addOption(JSON_OPTION),
      async (context, [first = '', item], options) => {
        const verbs = await import('./verbs/pauses.js');
        await verbs[name](context, { first, item }, common(options));
      },
    );
  }
}

function addViews(add: Add): void {
  add(
    new Command('status')
      .description('show what needs a person, then phases and counts; or one item in full')
      .argument('[pipeline]', 'a pipeline')
      .argument('[item]', 'a Craft item, by its id or short id')
      .option('--budget', 'show only the budget of calls of each connection')
      .addOption(JSON_OPTION),
    async (context, [pipeline, item], options) => {
      const { status } = await import('./status/command.js');
      const shown = { json: options['json'] === true, budget: options['budget'] === true };
      await status(context, { pipeline, item }, shown);
    },
  );
  add(
    new Command('log')
      .description('the sync log, newest last')
      .argument('[pipeline]', 'a pipeline')
      .argument('[item]', 'a Craft item, by its id or short id')
      .option('--follow', 'keep printing new entries until Ctrl-C')
      .addOption(JSON_OPTION),
    async (context, [pipeline, item], options) => {
      const { log } = await import('./log.js');
      await log(context, { pipeline, item }, { follow: options['follow'] === true, json: options['json'] === true });
    },
  );
}

/** A command that another file builds has to be given the program's output and exit settings. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) inherit(below, command);
}

function collect(value: string, known: readonly string[]): readonly string[] {
  return [...known, value];
}

/** commander's message in one line, with where to look. */
function usageError(text: string): string {
  const line = text
    .replace(/^error:\s*/i, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  return `${line}; see craftsync --help`;
}

/** The built file lies in `dist/`, one folder deeper than its source. */
const PACKAGE = new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url);

function version(): string {
  const text = readFileSync(PACKAGE, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
