/** An error in words for the person at this machine, who needs no more than its message. */
export class Explained extends Error {}
