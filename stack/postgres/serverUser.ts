/**
 * The user that PostgreSQL runs as. PostgreSQL refuses to run as root, so root starts it as `postgres` or `nobody`,
 * which exist nearly everywhere: no user is created.
 */
import { execFileSync, spawnSync } from 'node:child_process';

import { plainEnvironment } from '../../config/childEnvironment.js';
import { StackError } from '../stackError.js';

export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/** Null: the current user. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of CANDIDATES) {
    const user = lookUp(name);
    if (user !== null) return user;
  }
  throw new StackError(
    'PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as: ' +
      'start craftsync as another user, or set DATABASE_URL to a PostgreSQL of your own',
  );
}

function lookUp(name: string): ServerUser | null {
  try {
    return { name, uid: idOf('-u', name), gid: idOf('-g', name) };
  } catch {
    return null;
  }
}

function idOf(flag: string, name: string): number {
  const id = Number.parseInt(
    execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  if (!Number.isInteger(id) || id === 0) throw new TypeError(`no usable id of ${name}`);
  return id;
}

/** Whether the user can reach a folder by its path, found out by trying as that user. */
export function canEnter(user: ServerUser | null, folder: string): boolean {
  if (user === null) return true;
  const { uid, gid } = user;
  const how = { uid, gid, cwd: '/', stdio: 'ignore', env: plainEnvironment() } as const;
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], how).status === 0;
}
