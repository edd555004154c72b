/**
 * Reports, before the first item is created, what would stop it: the key, the words of the mappings, the fields, and
 * more calls than the plan allows. Each finding names the bad value and the nearest one that exists.
 */
import type { DevToolSettings, PipelineSettings } from '../../domain/settings.js';
import { listed, nearestWord, probe, wrong } from '../findings.js';
import type { ReadCall } from '../port/calls.js';
import type { Finding } from '../port/finding.js';
import { ACTIVE, ARCHIVED, showsStatus } from './mapping.js';
import { readEntry, type Entry } from './items.js';
import { listProjects, PAGE_COUNT, type Craftdesk, type ProjectPage } from './requests.js';
import { CRAFTDESK_FIELD_NAMES, CraftdeskOwn, CraftdeskTarget, PLANS } from './target.js';

const MONTH_MS = 30 * 24 * 3_600_000;

export async function checkCraftdesk(
  cd: Craftdesk,
  settings: DevToolSettings,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const where = `devTools.${settings.name}`;
  const own = CraftdeskOwn.parse(settings.own);
  const mine = pipelines.filter((pipeline) => pipeline.devTool === settings.name);
  const fixed = mine.flatMap((pipeline) => [...targetFindings(pipeline), ...fieldFindings(pipeline)]);
  const probed = await probe(`${where}.baseUrl`, `${where}.apiKey`, () => listProjects(cd, 1, call));
  if ('finding' in probed) return [probed.finding, ...fixed];
  const first = probed.value;
  const naming = { itemUrl: settings.itemUrl, statusProperty: own.statusProperty };
  const entries = first.entries.map((entry) => readEntry(entry, naming));
  const count = first.total ?? `${entries.length} or more`;
  return [
    { level: 'ok', where: `${where}.baseUrl`, message: `key accepted by CraftDesk, it sees ${count} projects` },
    {
      level: 'warning',
      where: `${where}.apiKey`,
      message: 'whether the key may create projects shows only at the first create: it has the rights of its creator',
    },
    ...fixed,
    ...statusPropertyFindings(where, own.statusProperty, entries),
    ...mine.flatMap((pipeline) => progressFindings(pipeline, entries)),
    ...budgetFindings(where, settings, own, first),
  ];
}

function targetFindings(pipeline: PipelineSettings): readonly Finding[] {
  const where = `pipelines.${pipeline.name}.target`;
  const read = CraftdeskTarget.safeParse(pipeline.target);
  if (read.success) return [];
  return read.error.issues.map((issue) => wrong([where, ...issue.path].join('.'), issue.message));
}

function fieldFindings(pipeline: PipelineSettings): readonly Finding[] {
  const known: readonly string[] = CRAFTDESK_FIELD_NAMES;
  const unknown = Object.keys(pipeline.fields).filter((name) => !known.includes(name));
  return unknown.map((name) =>
    wrong(`pipelines.${pipeline.name}.fields.${name}`, `CraftDesk has no field "${name}"${nearestWord(name, known)}`),
  );
}

function statusPropertyFindings(where: string, property: string, entries: readonly Entry[]): readonly Finding[] {
  const at = `${where}.statusProperty`;
  const broken = entries.find((entry) => entry.read === 'malformed');
  if (broken?.read === 'malformed') {
    const { id, problem } = broken.malformed;
    return [{ level: 'warning', where: at, message: `the project ${id} has ${problem}` }];
  }
  if (entries.some((entry) => entry.read === 'project' && showsStatus(entry.project, property))) return [];
  if (entries.length === 0) return [];
  const message = `no project shows a "${property}": each counts as "${ACTIVE}" until it is archived`;
  return [{ level: 'warning', where: at, message }];
}

/** No document lists the status words; those of the first hundred projects are what can be seen. */
function progressFindings(pipeline: PipelineSettings, entries: readonly Entry[]): readonly Finding[] {
  const rule = pipeline.progress;
  if (rule === null) return [];
  const where = `pipelines.${pipeline.name}.progress.statuses`;
  const seen = new Set(entries.flatMap((entry) => (entry.read === 'project' ? entry.item.status : [])));
  const mapped = Object.keys(rule.statuses);
  const possible = [...new Set([...seen, ACTIVE, ARCHIVED])];
  const unseen = mapped.filter((word) => !possible.includes(word));
  const findings = unseen.map((word): Finding => {
    return {
      level: 'warning',
      where,
      message: `no project has the status "${word}" now${nearestWord(word, possible)}`,
    };
  });
  const unmapped = [...seen].filter((word) => !mapped.includes(word));
  if (unmapped.length === 0) return findings;
  const level = rule.unmapped === 'keep' ? 'ok' : 'warning';
  const message = `without an entry: ${listed(unmapped)} (unmapped: ${rule.unmapped})`;
  return [...findings, { level, where, message }];
}

function budgetFindings(
  where: string,
  settings: DevToolSettings,
  own: CraftdeskOwn,
  page: ProjectPage,
): readonly Finding[] {
  const findings: Finding[] = [];
  const { perMinute, perMonth } = settings.rateLimit;
  const { plan } = own;
  if (plan === undefined && perMinute === null) {
    findings.push({
      level: 'warning',
      where: `${where}.plan`,
      message: `nothing limits the calls: give plan, ${listed(Object.keys(PLANS))}`,
    });
  }
  const said = page.monthlyLimit;
  if (plan !== undefined && said !== null && said !== PLANS[plan].perMonth) {
    const message = `CraftDesk says ${said} calls a month, and the plan "${plan}" has ${PLANS[plan].perMonth}`;
    findings.push({ level: 'warning', where: `${where}.plan`, message });
  }
  const calls = Math.round(MONTH_MS / settings.progressEveryMs) * Math.max(1, page.lastPage ?? 1);
  const limit = perMonth ?? said;
  // Sweeps may use half of a month (design 5).
  if (limit === null || calls <= limit / 2) return findings;
  const pages = `${Math.max(1, page.lastPage ?? 1)} page(s) of ${PAGE_COUNT} projects`;
  const message = `reading ${pages} that often makes about ${calls} calls a month of ${limit}: at least ${Math.ceil((calls / (limit / 2)) * (settings.progressEveryMs / 60_000))} minutes use up half of them`;
  return [...findings, { level: 'warning', where: `${where}.progressEvery`, message }];
}
