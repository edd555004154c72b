/**
 * The sandbox as a process of its own, for tests and benchmarks: `node dist/sandbox/main.js --port N --items N
 * --state FILE`. Prints one JSON line with where everything is once it serves; stops on SIGTERM and Ctrl-C.
 */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startSandbox, type SandboxOptions } from './sandbox.js';

const USAGE = 'usage: main.js [--port N] [--host ADDRESS] [--items N] [--seed N] [--state FILE]';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      items: { type: 'string' },
      seed: { type: 'string' },
      state: { type: 'string' },
    },
  });
  const log = pino({ level: 'warn' }, pino.destination(2));
  const options: SandboxOptions = {
    port: wholeNumber('port', values.port),
    host: values.host,
    log,
    ...(values.items === undefined ? {} : { items: wholeNumber('items', values.items) }),
    ...(values.seed === undefined ? {} : { seed: wholeNumber('seed', values.seed) }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
  };
  const sandbox = await startSandbox(options);
  const stop = (): void => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads it may end this process at once.
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, craft: sandbox.craft, kitemaker: sandbox.kitemaker })}\n`);
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(1);
});
