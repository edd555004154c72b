/** The command lines of `feedback list` and `feedback submit`. */
import { Command, Option } from 'commander';
import type { CommandContext } from '../resources.js';
import type { Terminal } from '../terminal.js';

interface Flags {
  readonly config?: string;
  readonly state?: string;
}

type Options = Readonly<Record<string, string | boolean | undefined>>;

const JSON_OPTION = new Option('--json', 'print JSON alone on stdout');

export function feedbackCommand(terminal: Terminal): Command {
  const feedback = new Command('feedback').description('list Craft.io’s feedback portals, submit feedback to one');
  const list = new Command('list')
    .description('list the portals with their categories, or with --portal the feedback in one')
    .option('--portal <portal>', 'a feedback portal, by its id or name')
    .addOption(JSON_OPTION);
  list.action(async (options: Options) => {
    const { listFeedback } = await import('./list.js');
    await listFeedback(contextOf(list, terminal), {
      portal: textOf(options, 'portal'),
      json: options['json'] === true,
    });
  });
  const submit = new Command('submit')
    .description('submit feedback to a portal, exactly once for its key; prints its id and link')
    .requiredOption('--portal <portal>', 'a feedback portal, by its id or name')
    .requiredOption('--title <text>', 'what it is about, in one line')
    .option('--description <text>', 'the text')
    .option('--category <category>', 'a category of the portal, by its name or id')
    .option('--submitter <who>', 'who it comes from')
    .option('--key <key>', 'the same key is submitted only once (default: made from the content)')
    .addOption(JSON_OPTION);
  submit.action(async (options: Options) => {
    const { submitFeedback } = await import('./submit.js');
    await submitFeedback(contextOf(submit, terminal), {
      portal: textOf(options, 'portal') ?? '',
      title: textOf(options, 'title') ?? '',
      description: textOf(options, 'description'),
      category: textOf(options, 'category'),
      submitter: textOf(options, 'submitter'),
      key: textOf(options, 'key'),
      json: options['json'] === true,
    });
  });
  return feedback.addCommand(list).addCommand(submit);
}

function contextOf(command: Command, terminal: Terminal): CommandContext {
  const { config, state } = command.optsWithGlobals<Flags>();
  return { terminal, flags: { config, state } };
}

function textOf(options: Options, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}
