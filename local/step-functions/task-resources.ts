/** How the events of a task that waits for its token name what it called. */
export interface Callback {
  readonly resourceType: 'lambda';
  readonly resource: string;
}

/** The resources of the tasks that call something and then wait for their token to come back. */
export const CALLBACKS: Readonly<Record<string, Callback>> = {
  'arn:aws:states:::lambda:invoke.waitForTaskToken': {
    resourceType: 'lambda',
    resource: 'invoke.waitForTaskToken',
  },
};
