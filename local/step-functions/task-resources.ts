/** How the events of a task that waits for its token name the called resource. */
export interface Callback {
  readonly resourceType: 'lambda';
  readonly resource: string;
}

/** The supported resources of tasks that wait for their token. */
export const CALLBACKS: Readonly<Record<string, Callback>> = {
  'arn:aws:states:::lambda:invoke.waitForTaskToken': {
    resourceType: 'lambda',
    resource: 'invoke.waitForTaskToken',
  },
};
