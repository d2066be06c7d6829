/**
 * The states of the workflow, by the names that its execution history shows. `infra/workflow.ts` defines them from here, and what reads
 * a history compares with them. A state whose work is a function has the function's name: `Check task` is `lambdas/check-task.ts`.
 */
export const STATES = {
  taskGiven: 'Task given?',
  refuseInput: 'Refuse input',
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
