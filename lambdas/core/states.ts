/**
 * The states of the workflow, by the names in its execution history. `infra/workflow.ts` defines them from here, and code that
 * reads a history compares with them. A state that runs a function has its name: `Check task` runs `lambdas/check-task.ts`.
 */
export const STATES = {
  taskGiven: 'Task given?',
  rejectInput: 'Reject input',
  submitTask: 'Submit task',
  adoptTask: 'Adopt task',
  wait: 'Wait',
  waitForCallback: 'Wait for callback',
  checkTask: 'Check task',
  finished: 'Finished?',
  copyVideo: 'Copy video',
  videoReady: 'Video ready',
  recordFailure: 'Record failure',
  videoFailed: 'Video failed',
  failExecution: 'Fail execution',
} as const;

export type StateName = (typeof STATES)[keyof typeof STATES];

/** The steps whose failure goes to `Record failure`, by their keys in `STATES`. */
export const CAUGHT_STEPS = ['submitTask', 'adoptTask', 'checkTask', 'copyVideo'] as const;

export type CaughtStep = (typeof CAUGHT_STEPS)[number];
