/** Something is wrong with how the trigger was set up or called; the message is for whoever did that, without a stack. */
export class UsageError extends Error {}
