/** Takes secrets out of what an activity fails with, before Temporal writes it into a history (I7). */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Redactor } from '../domain/redaction/redactor.js';

export function redactFailures({ redact }: Redactor): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          for (let one = error; one instanceof Error; one = one.cause) {
            one.message = redact(one.message);
            // A stack begins with the message.
            if (one.stack !== undefined) one.stack = redact(one.stack);
          }
          throw error;
        }
      },
    },
  });
}
