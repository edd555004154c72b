/**
 * The sandbox's web page at `/`: Craft.io and the dev tools side by side, live, with the acts of the people in them.
 *
 * Its markup, style and scripts are files of `assets/`. The compiler does not copy them, so they are read from the
 * package `craftsync-sandbox`, wherever this file runs. Acts go to the admin API (`POST /_sandbox/act`), which refuses
 * pages of other origins.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { DEFAULT_TOOL, type DevSystemName } from '../world/systems.js';
import type { World } from '../world/world.js';
import { createLive } from './live.js';

/** The folder of the files below, in the installed package: the compiler copies none of them. */
function assetsFolder(): string {
  try {
    const installed = createRequire(import.meta.url).resolve('craftsync-sandbox/package.json');
    return join(dirname(installed), 'page', 'assets');
  } catch {
    throw new Error('the package craftsync-sandbox is not linked into node_modules: run npm ci, then try again');
  }
}

/** Path → file of `assets/`. */
const FILES = {
  '/': { file: 'page.html', type: 'text/html; charset=utf-8' },
  '/page/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/page/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page/cards.js': { file: 'cards.js', type: 'text/javascript; charset=utf-8' },
  '/page/dialogs.js': { file: 'dialogs.js', type: 'text/javascript; charset=utf-8' },
} as const;

/** Nothing from elsewhere, nothing inline: what items contain can never run. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** What fits `SandboxOptions.pages`; `systems`: the dev tools that are shown. */
export function sandboxPage(
  systems: readonly DevSystemName[] = [DEFAULT_TOOL],
): (app: FastifyInstance, sandbox: { readonly world: World }) => void {
  return (app, sandbox) => servePage(app, sandbox, systems);
}

function servePage(app: FastifyInstance, sandbox: { readonly world: World }, systems: readonly DevSystemName[]): void {
  const assets = assetsFolder();
  for (const [path, { file, type }] of Object.entries(FILES)) {
    const text = readFileSync(join(assets, file), 'utf8');
    app.get(path, (_request, reply) => reply.headers(HEADERS).type(type).send(text));
  }
  const live = createLive(sandbox.world, systems);
  app.get('/page/events', (_request, reply) => {
    reply.hijack();
    live.join(reply.raw);
  });
  app.addHook('preClose', (done) => {
    live.close();
    done();
  });
}
