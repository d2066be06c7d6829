/** An error for a person at this machine: its message says all that the person needs. */
export class UserError extends Error {}

/** A file of this service that it cannot use; the message names the file and what to do. */
export class UnusableFile extends UserError {}

/** Another process uses the folder. */
export class FolderInUse extends UserError {}

/** A flag or a variable of the environment is wrong; the message says what is allowed. */
export class UsageError extends UserError {}
