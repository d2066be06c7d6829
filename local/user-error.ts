/** An error in words for the person at this machine, who needs no more than its message. */
export class UserError extends Error {}

/** A file of this service that it cannot use; its message names the file and what to do. */
export class UnusableFile extends UserError {}

/** A folder in which another process works. */
export class FolderInUse extends UserError {}

/** A flag, or a variable of the environment, that cannot be used as it was given; the message says what is allowed. */
export class UsageError extends UserError {}
