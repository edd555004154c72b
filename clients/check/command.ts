/**
 * `check` (design 7): probes every connection and everything that the configuration names there. One table says what is
 * right, doubtful and wrong. Needs neither ledger nor Temporal; writes nothing.
 */
import type { Finding } from '../../connectors/port/finding.js';
import type { IntakeSettings, PipelineSettings, Settings } from '../../domain/settings.js';
import type { Connectors } from '../../runtime/connectors.js';
import { CommandFailure, oneLine } from '../failure.js';
import { openConfiguration, type CommandContext } from '../resources.js';
import { counted, durationWords, renderTable, thingsWrong } from '../tables.js';
import type { Terminal } from '../terminal.js';
import { withConnectors } from '../connectors.js';
import { budgetFindings } from './budgets.js';
import { findingsOf, shortKeys } from './findings.js';
import { unfilledFields } from './requiredFields.js';

export async function check(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const { terminal } = context;
  const { configuration, settings } = openConfiguration(context);
  const warnings = configuration.warnings.map(warningOf);
  const probed = await withConnectors(configuration, (connectors) => probe(connectors, settings));
  const findings = [
    ...warnings,
    ...shortKeys(configuration),
    ...probed,
    ...intervals(settings),
    ...budgetFindings(settings),
  ];
  if (options.json) terminal.json(findings);
  else terminal.print(renderFindings(terminal, findings));
  const wrong = findings.filter(({ level }) => level === 'wrong').length;
  if (wrong > 0) {
    throw new CommandFailure(
      `${thingsWrong(wrong)}, see above: correct ${configuration.file} or the accounts, then check again`,
    );
  }
}

async function probe({ craft, devTools }: Connectors, settings: Settings): Promise<readonly Finding[]> {
  const pipelines = Object.values(settings.pipelines);
  const call = { callClass: 'manual' } as const;
  const found = await Promise.all([
    findingsOf('craft', () => craft.check(pipelines, call, Object.values(settings.intakes))),
    ...Object.entries(devTools).map(([name, tool]) =>
      findingsOf(`devTools.${name}`, () => tool.check(usersOf(pipelines, name), call)),
    ),
    ...pipelines.map((pipeline) =>
      findingsOf(`pipelines.${pipeline.name}.fields`, () =>
        unfilledFieldFindings(devTools[pipeline.devTool], pipeline),
      ),
    ),
    ...Object.values(settings.intakes).map((intake) =>
      findingsOf(`intake.${intake.name}.label`, () => labelFindings(devTools[intake.devTool], intake)),
    ),
  ]);
  return found.flat();
}

async function labelFindings(
  tool: Connectors['devTools'][string] | undefined,
  intake: IntakeSettings,
): Promise<readonly Finding[]> {
  if (tool === undefined) return [];
  if (tool.labels === undefined) {
    const message = `${intake.devTool} is of the type ${tool.type}, which has no labels: an intake cannot find items there`;
    return [{ level: 'wrong', where: `intake.${intake.name}.devTool`, message }];
  }
  const items = await tool.labels.items(intake.label, { callClass: 'manual' });
  const message = `${counted(items.length, 'item')} with the label "${intake.label}"`;
  return [{ level: 'ok', where: `intake.${intake.name}.label`, message }];
}

async function unfilledFieldFindings(
  tool: Connectors['devTools'][string] | undefined,
  pipeline: PipelineSettings,
): Promise<readonly Finding[]> {
  if (tool === undefined) return [];
  const unfilled = await unfilledFields(tool, pipeline, { callClass: 'manual' });
  return unfilled.map(({ name, why }) => {
    const message = `${pipeline.devTool} requires a value for "${name}" (${why}): without one every create is refused`;
    return { level: 'wrong', where: `pipelines.${pipeline.name}.fields.${name}`, message };
  });
}

function usersOf(pipelines: readonly PipelineSettings[], devTool: string): readonly PipelineSettings[] {
  return pipelines.filter((pipeline) => pipeline.devTool === devTool);
}

/** A warning of the configuration is `path: message`. */
function warningOf(warning: string): Finding {
  const [where = '', ...rest] = warning.split(': ');
  return { level: 'warning', where, message: rest.join(': ') };
}

/** How often each sweep runs. */
function intervals(settings: Settings): readonly Finding[] {
  const every = (where: string, what: string, everyMs: number): Finding => ({
    level: 'ok',
    where,
    message: `${what} every ${durationWords(everyMs)}`,
  });
  const pipelines = Object.values(settings.pipelines);
  return [
    ...pipelines.flatMap(({ name, sweepEveryMs, driftEveryMs }) => [
      every(`pipelines.${name}.sweepEvery`, 'ready items are listed', sweepEveryMs),
      every(`pipelines.${name}.driftEvery`, 'handed-over items are compared', driftEveryMs),
    ]),
    ...Object.values(settings.devTools)
      .filter(({ name }) => usersOf(pipelines, name).length > 0)
      .map(({ name, progressEveryMs }) => every(`devTools.${name}.progressEvery`, 'progress is read', progressEveryMs)),
  ];
}

const ORDER = { wrong: 0, warning: 1, ok: 2 } as const satisfies Record<Finding['level'], number>;

export function renderFindings(terminal: Terminal, findings: readonly Finding[]): string {
  const { colors } = terminal;
  const painted = {
    ok: colors.green('ok'),
    warning: colors.yellow('warning'),
    wrong: colors.red('wrong'),
  } as const satisfies Record<Finding['level'], string>;
  const sorted = [...findings].sort((a, b) => ORDER[a.level] - ORDER[b.level]);
  const rows = sorted.map(({ level, where, message }) => [painted[level], where, oneLine(message)]);
  return renderTable(terminal, ['level', 'where', 'message'], rows);
}
