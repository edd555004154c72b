/**
 * An error whose message is written for the person at the terminal: what failed, why, and what to do, without a secret.
 * The commands show it as it is; every other error is shown as unexpected. The kinds of it that one room throws extend
 * this class there, so that the commands recognise them without importing that room.
 */
export abstract class ExplainedError extends Error {}
