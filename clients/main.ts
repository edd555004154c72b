/**
 * The process behind `npx craftsync <command>`: runs one command and ends with 0 (done), 1 (failed) or 2 (wrong usage).
 * Every failure is one line on stderr; `LOG_LEVEL=debug` adds the stack.
 */
import { EXIT_CODES, exitCodeOf, explain } from './failure.js';
import { createProgram } from './program.js';
import { createTerminal, type Terminal } from './terminal.js';

const ENDS_AFTER_MS = 1_000;

async function main(argv: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await createProgram(terminal).parseAsync([...argv]);
  } catch (error) {
    report(error, terminal);
    // Not process.exit(): a slow pipe may not have taken all output yet.
    process.exitCode = exitCodeOf(error);
  }
}

/** A command that is done ends, even if a server that stopped answering still holds one of its sockets open. */
function endSoon(): void {
  const timer = setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  }, ENDS_AFTER_MS);
  timer.unref();
}

function report(error: unknown, terminal: Terminal): void {
  const line = explain(error);
  if (line !== null) terminal.note(`${terminal.colors.red('craftsync:')} ${line}`);
  const isDebugging = /^(debug|trace)$/i.test(terminal.env['LOG_LEVEL'] ?? '');
  if (isDebugging && error instanceof Error && exitCodeOf(error) === EXIT_CODES.failed)
    terminal.note(error.stack ?? '');
}

// `craftsync log | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.done);
  throw error;
});
// What Node deprecates in a library (DEP0123 in gRPC) is for developers; to others it hides the line that matters.
process.noDeprecation = true;
const terminal = createTerminal(process, process.env, process.cwd());
// Node would print the error as it is, with every secret in it, and its source line.
process.on('uncaughtException', (error) => {
  report(error, terminal);
  process.exit(EXIT_CODES.failed);
});
await main(process.argv, terminal);
endSoon();
