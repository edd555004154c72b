/** Finds free ports on this machine. */
import { createServer } from 'node:net';

import { StackError, reasonOf } from './stackError.js';

/** What the error about a port that is taken says: who wants it, and which flag chooses another. */
export interface PortUse {
  /** e.g. `the Temporal server` */
  readonly what: string;
  /** e.g. `--temporal-port` */
  readonly flag: string;
}

/** Returns `wanted` once it is known to be free, or any free port for 0. Throws `StackError` where it is taken. */
export async function claimPort(wanted: number, use: PortUse, host = '127.0.0.1'): Promise<number> {
  try {
    return await bindOnce(wanted, host);
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        ? 'it is in use by another program'
        : reasonOf(error);
    const choose = `stop that program, or choose another port with ${use.flag} (0: any free one)`;
    throw new StackError(`${use.what} cannot listen on port ${wanted}: ${why}; ${choose}`);
  }
}

function bindOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
