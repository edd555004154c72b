/** Chooses the configuration that `up` runs on, a given one or the sandbox's, before anything starts. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { StackError } from '../stackError.js';

export type SandboxFlag = 'kitemaker' | 'all' | false | undefined;

export type ConfigurationChoice =
  | { readonly kind: 'given'; readonly path: string }
  /** `ignored`: a configuration that exists and is not used, because a flag asked for the sandbox. */
  | { readonly kind: 'sandbox'; readonly path: string; readonly ignored: string | null };

export interface ConfigurationQuestion {
  readonly sandbox: SandboxFlag;
  /** `--config`, else `CRAFTSYNC_CONFIG`. */
  readonly named: string | null;
  readonly cwd: string;
  readonly stateDir: string;
}

/** Throws `StackError` where a named file does not exist, or there is nothing to run on. */
export function chooseConfiguration(question: ConfigurationQuestion): ConfigurationChoice {
  const given = givenConfiguration(question);
  if (
    question.sandbox === 'kitemaker' ||
    question.sandbox === 'all' ||
    (given === null && question.sandbox !== false)
  ) {
    return { kind: 'sandbox', path: join(question.stateDir, 'craftsync.yaml'), ignored: given };
  }
  if (given !== null) return { kind: 'given', path: given };
  throw new StackError(
    `there is no configuration and --no-sandbox was given: write ${join(question.cwd, 'craftsync.yaml')}, ` +
      'name a file with --config or CRAFTSYNC_CONFIG, or leave --no-sandbox out',
  );
}

function givenConfiguration({ named, cwd }: ConfigurationQuestion): string | null {
  const path = resolve(cwd, named ?? 'craftsync.yaml');
  if (existsSync(path)) return path;
  if (named === null) return null;
  throw new StackError(`the configuration ${path} does not exist: correct --config or CRAFTSYNC_CONFIG`);
}
