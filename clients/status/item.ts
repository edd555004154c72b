/** `status` of one item: everything that the ledger knows about it, and what to do if it needs a person. */
import { canWriteTo, READ_ONLY_SOURCE } from '../../domain/craftItem.js';
import { itemSyncWorkflowId } from '../../domain/ids.js';
import { progressOf } from '../../domain/itemState.js';
import { SENT_AT_UNKNOWN, type ItemLink } from '../../domain/link.js';
import type { Settings } from '../../domain/settings.js';
import { oneLine } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { attentionOf } from './attention.js';

export function renderItem({ colors }: Terminal, link: ItemLink, settings: Settings): string {
  const facts = factsOf(link, settings).filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== '');
  const width = Math.max(...facts.map(([name]) => name.length));
  const needs = attentionOf(link).map(({ what, advice }) => `${colors.yellow(what)}: ${advice}`);
  return [
    colors.bold(`${link.craftShortId ?? link.craftItemId} in ${link.pipeline}: ${link.phase}`),
    ...needs,
    ...facts.map(([name, value]) => `  ${colors.dim(name.padEnd(width))}  ${oneLine(value)}`),
  ].join('\n');
}

function factsOf(link: ItemLink, settings: Settings): readonly (readonly [string, string | null])[] {
  const progress = progressOf(link, settings.pipelines[link.pipeline]?.progress ?? null);
  const source = settings.pipelines[link.pipeline]?.source;
  return [
    ['phase', link.blockedBy === null ? link.phase : `${link.phase} (${link.blockedBy})`],
    ['last error', link.lastError],
    ['waits until', link.blockedUntil],
    ['Craft item', joined(link.craftItemId, link.craftUrl)],
    ['write-back', source === undefined || canWriteTo(source) ? null : `none: ${READ_ONLY_SOURCE}`],
    ['dev tool', link.devTool],
    ['dev item', link.devItemId === null ? 'none yet' : joined(namesOf(link), link.devItemUrl)],
    ['status there', link.devStatus],
    ['progress', progress],
    ['drift', link.drift ? link.driftFields.join(', ') : null],
    ['duplicates', link.duplicate ? link.duplicateDevItems.join(', ') : null],
    ['dismissed', link.dismissedDevItems.join(', ')],
    ['generation', link.generation > 1 ? String(link.generation) : null],
    ['create sent', link.sentAt === SENT_AT_UNKNOWN ? 'at a time that is not known' : link.sentAt],
    ['linked', link.linkedAt],
    ['locked', link.lockedAt],
    ['settling since', link.settlingSince],
    ['updated', link.updatedAt],
    ['workflow', itemSyncWorkflowId(link)],
  ];
}

function namesOf({ devItemKey, devItemId }: ItemLink): string {
  return devItemKey === null ? String(devItemId) : `${devItemKey} (${String(devItemId)})`;
}

function joined(name: string, url: string | null): string {
  return url === null ? name : `${name}  ${url}`;
}
