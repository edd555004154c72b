/** Looks for an engine, whichever `docker` on this machine finds (DOCKER_HOST, contexts), and builds the sandbox. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null: there is an engine. */
    engineMissing: string | null;
  }
}

/** In words, or null. */
function engineMissing(): string | null {
  const compose = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });
  if (compose.error !== undefined) return 'there is no docker command';
  if (compose.status !== 0) return '`docker compose version` fails: the Compose plugin is not installed';
  const info = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { encoding: 'utf8', timeout: 30_000 });
  if (info.status === 0 && info.stdout.trim() !== '') return null;
  const [why = 'it does not answer'] = info.stderr.trim().split('\n').slice(-1);
  return `\`docker info\` reaches no engine: ${why}`;
}

export function setup(project: TestProject): void {
  const missing = engineMissing();
  project.provide('engineMissing', missing);
  if (missing !== null) return console.log(`The topology is not run, its tests are skipped: ${missing}`);
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd, stdio: 'inherit' });
}
