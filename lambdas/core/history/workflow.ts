import { type Workflow, workflowSchema } from '../api/workflow-response.ts';

/** The ARN of a service integration, such as `arn:aws:states:::lambda:invoke`, names no account. */
const INTEGRATION = /^arn:[\w-]+:states:::/;

/**
 * The definition of the state machine, as a caller sees it: the states, the arrows, the waits and the retries, without what is sent to
 * which function. @param text as DescribeStateMachine gives it. @throws Error for a text that is no definition
 */
export function toShownWorkflow(text: string): Workflow {
  const { States, ...rest } = workflowSchema.parse(JSON.parse(text));
  const shown = Object.entries(States).map(([name, { Resource, ...state }]) => {
    const isIntegration = Resource !== undefined && INTEGRATION.test(Resource);
    return [name, isIntegration ? { ...state, Resource } : state] as const;
  });
  return { ...rest, States: Object.fromEntries(shown) };
}
