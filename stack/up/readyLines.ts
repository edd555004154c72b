/** What `up` prints when everything serves: where to look, and what to try next. Pure. */
import type { TemporalAccess } from '../../config/deployment.js';

export interface ReadyFacts {
  readonly seconds: number;
  readonly stateDir: string;
  readonly logsDir: string;
  /** Null where Temporal was not started here. */
  readonly uiUrl: string | null;
  readonly temporal: TemporalAccess;
  readonly sandboxUrl: string | null;
  readonly listenUrl: string;
  readonly pipelines: readonly string[];
}

/** The first line begins with `ready`, for people and for scripts that wait for it. */
export function readyLines(facts: ReadyFacts): string[] {
  const { address, namespace } = facts.temporal;
  const temporal =
    facts.uiUrl === null
      ? `  Temporal      ${address}, namespace ${namespace}`
      : `  Temporal UI   ${facts.uiUrl}/namespaces/${namespace}/workflows`;
  const sandbox =
    facts.sandboxUrl === null
      ? []
      : [`  sandbox       ${facts.sandboxUrl} (Craft.io and the development tool, side by side)`];
  const pipeline = facts.pipelines[0];
  const commands = [
    ...(pipeline === undefined ? [] : [{ command: `sweep ${pipeline}`, does: 'hand over what is ready now' }]),
    { command: 'status', does: 'how far each item is, and what needs a person' },
  ];
  const width = Math.max(...commands.map(({ command }) => command.length));
  return [
    `ready after ${facts.seconds.toFixed(1)} s`,
    temporal,
    ...sandbox,
    `  listener      ${facts.listenUrl}/ (webhooks, health, metrics)`,
    `  logs          ${facts.logsDir}`,
    'try next, in another terminal:',
    ...commands.map(({ command, does }) => `  npx craftsync ${command.padEnd(width)}   ${does}`),
    `Ctrl-C stops everything; ${facts.stateDir} keeps the data for the next start`,
  ];
}
