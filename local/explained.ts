/** An error in words for the person at this machine, who needs no more than its message. */
export class Explained extends Error {}

/** A file of this service that it cannot use; its message names the file and what to do. */
export class UnusableFile extends Explained {}
