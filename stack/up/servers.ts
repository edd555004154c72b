/** The servers of the stack: each is either given from outside (checked in outside.ts), or started and kept running. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { TemporalAccess } from '../../config/deployment.js';
import { NO_KEYS } from '../../config/encryption/keys.js';
import { startPostgres } from '../postgres/server.js';
import { startTemporal } from '../temporal/server.js';
import type { TemporalServer } from '../temporal/server.js';
import type { Output } from './output.js';
import { rememberedPort } from './rememberedPorts.js';
import { OWNER_ONLY_FOLDER } from '../stateModes.js';
import { supervise } from './supervise.js';
import type { Supervised } from './supervise.js';

export interface ServerOptions {
  readonly stateDir: string;
  readonly cacheDir: string;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Called as soon as there is something to stop. */
  readonly onStarted: (part: Supervised) => void;
}

export interface TemporalPlan {
  /** Null: start one. */
  readonly given: TemporalAccess | null;
  readonly port: number;
  readonly uiPort: number;
  /** Where the UI has payloads decoded; null: nowhere. */
  readonly codecEndpoint: string | null;
}

export interface ServingTemporal {
  readonly access: TemporalAccess;
  readonly uiUrl: string | null;
}

export async function serveTemporal(plan: TemporalPlan, options: ServerOptions): Promise<ServingTemporal> {
  if (plan.given !== null) return { access: plan.given, uiUrl: null };
  const { output } = options;
  const onOutput = output.lineWriter('temporal', { shown: false });
  // A restart must use the ports of the first start: other programs have its address by then.
  let ports = { port: plan.port, uiPort: plan.uiPort };
  const servers: TemporalServer[] = [];
  const start = async (): Promise<TemporalServer> => {
    const { stateDir, cacheDir, signal } = options;
    const { codecEndpoint } = plan;
    const server = await startTemporal({
      stateDir,
      cacheDir,
      ...ports,
      codecEndpoint,
      log: output.say,
      onOutput,
      signal,
    });
    ports = { port: portIn(server.address), uiPort: portIn(server.uiUrl ?? '') };
    servers.push(server);
    return server;
  };
  options.onStarted(await supervise({ name: 'the Temporal server', start, say: output.say }));
  const address = `127.0.0.1:${ports.port}`;
  return {
    access: { address, namespace: 'default', connectionOptions: { address }, tlsBecause: null, encryption: NO_KEYS },
    uiUrl: servers[0]?.uiUrl ?? null,
  };
}

const portIn = (address: string): number => Number(/:(\d+)\/?$/.exec(address)?.[1] ?? 0);

/** Resolves with the database's address. */
export async function serveDatabase(given: string | null, options: ServerOptions): Promise<string> {
  if (given !== null) return given;
  const { output, stateDir } = options;
  const port = await rememberedPort(stateDir, 'postgres');
  const log = output.lineWriter('postgres', { shown: false });
  const dataDir = join(stateDir, 'postgres');
  mkdirSync(stateDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const urls: string[] = [];
  const start = async () => {
    const server = await startPostgres({ dataDir, port, log });
    urls.push(server.url);
    return server;
  };
  options.onStarted(await supervise({ name: 'Postgres', start, say: output.say }));
  return urls[0] ?? '';
}
