/** What the configuration says about the budget of calls: the pace, and what its sweeps need of a month (design 5). */
import type { Finding } from '../../connectors/port/finding.js';
import { aboutWords, paceWords } from '../../domain/rules/budget.js';
import { configuredSweeps } from '../../domain/rules/sweeps.js';
import type { ConnectionSettings, Settings } from '../../domain/settings.js';
import { budgetView } from '../../runtime/budget/view.js';

const MONTH_MS = 30 * 24 * 3_600_000;

/** A sweep makes a call at least; how many more, only its runs show. */
export function budgetFindings(settings: Settings): readonly Finding[] {
  const sweeps = configuredSweeps(settings);
  return [settings.craft, ...Object.values(settings.devTools)].flatMap((connection): Finding[] => {
    const own = sweeps.filter((sweep) => sweep.connection === connection.name);
    const calls = Math.round(own.reduce((sum, { everyMs }) => sum + MONTH_MS / everyMs, 0));
    return [paceFinding(connection), ...monthFindings(connection, calls)];
  });
}

function whereOf(connection: ConnectionSettings): string {
  return connection.name === 'craft' ? 'craft.rateLimit' : `devTools.${connection.name}.rateLimit`;
}

function paceFinding(connection: ConnectionSettings): Finding {
  const { name, rateLimit } = connection;
  const view = budgetView({ connection: name, rateLimit, sweeps: [] }, { state: {}, away: {}, nowMs: 0 });
  return { level: 'ok', where: whereOf(connection), message: paceWords(view) };
}

function monthFindings(connection: ConnectionSettings, calls: number): readonly Finding[] {
  const { rateLimit } = connection;
  const where = `${whereOf(connection)}.perMonth`;
  if (rateLimit.perMonth === null) return [];
  const { month } = budgetView(
    { connection: connection.name, rateLimit, sweeps: [] },
    { state: {}, away: {}, nowMs: 0 },
  );
  const share = month.sweeps.share ?? 0;
  const needs = `its sweeps make at least ${calls} calls a month, and may make ${share} of ${rateLimit.perMonth}`;
  if (calls <= share) return [{ level: 'ok', where, message: needs }];
  const factor = share === 0 ? null : calls / share;
  const message =
    factor === null
      ? `${needs}: none can run`
      : `${needs}: their intervals stretch to at least ${Number(factor.toFixed(1))} times what is configured, an hour to ${aboutWords(3_600_000 * factor)}`;
  return [{ level: 'warning', where, message }];
}
