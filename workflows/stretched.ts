/** Whether a sweep begins, asked once in each run before its first call (design 5, Month). */
import { patched, setCurrentDetails } from '@temporalio/workflow';
import type { ByHandInput } from '../domain/messages.js';
import { ledgerSteps } from './activityOptions.js';

/** In words, how a sweep that does not begin yet is stretched; null: it begins. One by hand always does. */
export async function stretched(scheduleId: string, { byHand }: ByHandInput = {}): Promise<string | null> {
  // Runs of older releases did not ask.
  if (byHand === true || !patched('stretched')) return null;
  const words = await ledgerSteps.beginSweep(scheduleId);
  if (words !== null) setCurrentDetails(words);
  return words;
}
