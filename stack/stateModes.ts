/**
 * Keeps the state folder to its owner: it holds the histories of all items and the sandbox's keys. What is created from
 * now on is created so (explicit modes here, a umask in tiedProcess.ts); what an earlier release left is tightened.
 */
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Everything that the stack keeps in its state folder; a folder's inside is out of reach when the folder is. */
const OURS =
  /^(?:logs|run|postgres|stack\.json.*|ports\.json|up\.pid.*|temporal\.(?:pid.*|db.*)|sandbox\.json.*|craftsync\.yaml.*)$/;

/** The folder itself, too, unless something else is kept in it: somebody may have named a folder that others use. */
export function tightenState(stateDir: string): void {
  const names = readdirSync(stateDir);
  if (names.every((name) => OURS.test(name))) tighten(stateDir);
  for (const name of names) if (OURS.test(name)) tighten(join(stateDir, name));
}

function tighten(path: string): void {
  try {
    const found = lstatSync(path);
    if (found.isDirectory()) chmodSync(path, OWNER_ONLY_FOLDER);
    else if (found.isFile()) chmodSync(path, OWNER_ONLY_FILE);
  } catch {
    // It has gone in the meantime, or belongs to somebody else, whose business it is.
  }
}
