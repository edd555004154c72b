/** A sweep's step that could not wake every run fails, so that it is attempted again. */
export function assertAllWoken(failed: number): void {
  if (failed > 0) throw new Error(`${failed} runs could not be signalled; they are signalled at the next attempt`);
}
