/**
 * Signals, updates and the query of `itemSync` (design 7, Messages). Handlers only note news, or queue a command and
 * wait for its result; validators are synchronous. All are registered before anything is awaited.
 */
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import {
  craftItemChangedSignal,
  devItemChangedSignal,
  pauseSignal,
  recreateUpdate,
  relinkUpdate,
  releaseUpdate,
  resumeSignal,
  resyncNowUpdate,
  resyncSignal,
  statusQuery,
  type VerbResult,
} from '../../domain/messages.js';
import { mayBeRecreated, RECREATE_FROM } from '../../domain/phases.js';
import { checkRelinkInput, checkVerbInput, relinkInput, snapshotIn, verbInput } from './payloads.js';
import { mergeNews, type Command, type Run, type Verb } from './run.js';
import { statusObject } from './display.js';

export function registerHandlers(run: Run): void {
  registerSignals(run);
  registerUpdates(run);
  setHandler(statusQuery, () => statusObject(run), { description: 'How the item stands, as in `status --json`.' });
}

/** Queues a verb; a waiting activity is cancelled to make room for it, and its step is taken again from the row. */
function queue(run: Run, order: Verb, awaited: Pick<Command, 'isAwaited'> = {}): Command {
  const command: Command = { order, ...awaited };
  run.commands.push(command);
  run.scope?.cancel();
  run.crowding.heard();
  return command;
}

function registerSignals(run: Run): void {
  setHandler(resyncSignal, (input) => void queue(run, { verb: 'resync', input: verbInput(input) }), {
    description: 'Read both sides, write what differs, look for drift and deletion.',
  });
  setHandler(pauseSignal, (input) => void queue(run, { verb: 'pause', input: verbInput(input) }), {
    description: 'Write nothing for this item until it is resumed.',
  });
  setHandler(resumeSignal, (input) => void queue(run, { verb: 'resume', input: verbInput(input) }), {
    description: 'Go on with a paused item.',
  });
  setHandler(
    craftItemChangedSignal,
    () => {
      run.news.craftItem = true;
      run.woken = true;
      run.crowding.heard();
    },
    { description: 'The Craft item differs from what was handed over.' },
  );
  setHandler(
    devItemChangedSignal,
    (input) => {
      const snapshot = snapshotIn(input);
      run.news.devItem = mergeNews(run.news.devItem, snapshot === null ? {} : { snapshot });
      run.woken = true;
      run.crowding.heard();
    },
    { description: 'The dev item changed; without a snapshot it is read.' },
  );
}

function registerUpdates(run: Run): void {
  setHandler(resyncNowUpdate, (input) => obeyed(run, { verb: 'resync', input: verbInput(input) }), {
    description: 'Resync now and say what came of it; `acceptDrift` takes the Craft item as it is.',
    validator: (input?: unknown) => checkVerbInput('resyncNow', input),
  });
  setHandler(releaseUpdate, (input) => obeyed(run, { verb: 'release', input: verbInput(input) }), {
    description: 'Take the lock away and end the link; it stays released until relink or recreate.',
    validator: (input?: unknown) => checkVerbInput('release', input),
  });
  setHandler(relinkUpdate, (input) => obeyed(run, { verb: 'relink', input: relinkInput(input) }), {
    description: 'Link the Craft item with another dev item, by its id.',
    validator: checkRelinkInput,
  });
  setHandler(recreateUpdate, (input) => obeyed(run, { verb: 'recreate', input: verbInput(input) }), {
    description: 'Create a new dev item; from orphaned, released or done, or where it is known and was deleted.',
    validator: (input?: unknown) => {
      checkVerbInput('recreate', input);
      const { state } = run;
      // Right after the start the phase is not known: the main loop refuses then, as it does by what the row tells.
      if (state === null) return;
      const { phase, blockedBy, devItem } = state;
      if (mayBeRecreated(phase, { blockedBy, isLinked: devItem !== null })) return;
      throw new Error(`recreate works from ${RECREATE_FROM.join(', ')}; this item is ${phase}`);
    },
  });
}

async function obeyed(run: Run, order: Verb): Promise<VerbResult> {
  const command = queue(run, order, { isAwaited: true });
  await condition(() => command.result !== undefined || command.failure !== undefined);
  if (command.failure !== undefined) throw command.failure;
  if (command.result === undefined)
    throw ApplicationFailure.nonRetryable('the verb ended without a result', 'unexpected');
  return command.result;
}
