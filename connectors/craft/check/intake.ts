/**
 * What is wrong with the Craft.io side of an intake: a portal that the key does not see, a category that does not
 * exist.
 */
import { ToolError } from '../../../domain/errors.js';
import type { IntakeSettings } from '../../../domain/settings.js';
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { CraftContext } from '../context.js';
import { findCategory, missingCategory } from '../feedback.js';
import { type CustomField, listCategories } from '../requests.js';

export async function checkIntake(
  { craft }: CraftContext,
  intake: IntakeSettings,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const at = `intake.${intake.name}`;
  let categories: readonly CustomField[];
  try {
    categories = await listCategories(craft, intake.feedbackPortal, call);
  } catch (error) {
    const isPortal = error instanceof ToolError && ['not-found', 'invalid', 'forbidden'].includes(error.kind);
    if (!isPortal) throw error;
    return [{ level: 'wrong', where: `${at}.feedbackPortal`, message: `"${intake.feedbackPortal}": ${error.message}` }];
  }
  const { category, feedbackPortal } = intake;
  const names = categories.map(({ name }) => `"${name}"`).join(', ') || 'none';
  const shown: Finding = { level: 'ok', where: `${at}.feedbackPortal`, message: `its categories: ${names}` };
  if (category === null) return [shown];
  const found = findCategory(categories, category);
  const where = `${at}.category`;
  if (found === null) {
    return [shown, { level: 'wrong', where, message: missingCategory(categories, feedbackPortal, category) }];
  }
  return [shown, { level: 'ok', where, message: `category "${found.name}"` }];
}
