/** `docker-compose.yml` as Compose reads it before it fills variables in, and the other production files. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

type EnvFile = string | { readonly path: string; readonly required?: boolean };

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly restart?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly networks?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly unknown[] };
  readonly deploy?: { readonly replicas?: number | string };
  readonly env_file?: readonly EnvFile[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Network {
  readonly internal?: boolean;
  readonly driver_opts?: Readonly<Record<string, string>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const parseCompose = (text: string): ComposeFile => parse(text, { merge: true }) as ComposeFile;

export const composeText = read('docker-compose.yml');
export const compose = parseCompose(composeText);
export const services = Object.entries(compose.services);
/** Those that run craftsync itself. */
export const ours = services.filter(([, { build }]) => build !== undefined);

export function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; not `$${NAME}`. */
export const variables = (text: string): string[] =>
  [...text.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g)].map((match) => match[1] ?? '');

/** The variables of a file like `.env`. */
export const assignments = (path: string): ReadonlyMap<string, string> =>
  new Map([...read(path).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
