/** Changes in the real Redmine that an administrator can make but the API cannot. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { eventually } from '../../harness/deployment/deployment.js';
import { ordersIn } from './server.js';

/** Runs Ruby code in Redmine's application (`console.rb`). */
export async function asAdministrator(code: string): Promise<void> {
  const file = join(ordersIn(inject('redmine').folder), `${randomBytes(6).toString('hex')}.rb`);
  await writeFile(`${file}.new`, code);
  await rename(`${file}.new`, file);
  const read = (): Promise<{ problem: string } | null> =>
    readFile(`${file}.done`, 'utf8').then(
      (problem) => ({ problem }),
      () => null,
    );
  const { problem } = await eventually(read, 'the console has answered', 60_000);
  await rm(`${file}.done`);
  if (problem !== '') throw new Error(`Redmine's console: ${problem}`);
}
