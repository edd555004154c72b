/**
 * The places of those who were told to come back. Who asks while a statement is under way waits for the next, which does
 * for all of them: a thousand items that ask at once cost a few statements.
 */
import type { BudgetPlace, Budgets } from '../../ledger/budgets/budgets.js';

export class Places {
  readonly #kept: Gathered<BudgetPlace, number>;
  readonly #known: Gathered<{ readonly waiter: string }, number | null>;

  constructor(connection: string, store: Pick<Budgets, 'keepPlaces' | 'placesOf'>, onKept: (turnInMs: number) => void) {
    this.#kept = new Gathered(async (places) => {
      const turns = await store.keepPlaces(connection, places);
      onKept(Math.max(...turns));
      return turns;
    });
    this.#known = new Gathered((waiters) =>
      store.placesOf(
        connection,
        waiters.map(({ waiter }) => waiter),
      ),
    );
  }

  /** In how many milliseconds its turn comes. */
  keep(place: BudgetPlace): Promise<number> {
    return this.#kept.ask(place);
  }

  /** Since when it waits; null: it has no place. */
  of(waiter: string): Promise<number | null> {
    return this.#known.ask({ waiter });
  }
}

/** A statement that grew with the number of those who wait would hold up the first of them. */
const MOST_AT_ONCE = 1_000;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly answer: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

class Gathered<Question extends { readonly waiter: string }, Answer> {
  readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #waiting = new Map<string, Asked<Question, Answer>>();
  #isAsking = false;

  constructor(answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#answer = answer;
  }

  ask(question: Question): Promise<Answer> {
    const same = this.#waiting.get(question.waiter);
    if (same !== undefined) return same.answer;
    const asked = askedFor<Question, Answer>(question);
    this.#waiting.set(question.waiter, asked);
    if (!this.#isAsking) void this.#askAll();
    return asked.answer;
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    // Those who ask in the same moment go together.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const together = [...this.#waiting.values()].slice(0, MOST_AT_ONCE);
      for (const { question } of together) this.#waiting.delete(question.waiter);
      try {
        const answers = await this.#answer(together.map(({ question }) => question));
        together.forEach(({ resolve }, n) => resolve(answers[n] as Answer));
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isAsking = false;
  }
}

function askedFor<Question, Answer>(question: Question): Asked<Question, Answer> {
  let resolve: Asked<Question, Answer>['resolve'] = () => undefined;
  let reject: Asked<Question, Answer>['reject'] = () => undefined;
  const answer = new Promise<Answer>((...functions) => ([resolve, reject] = functions));
  return { question, answer, resolve, reject };
}
