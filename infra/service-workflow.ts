import { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { grantTaskEnds, secretGrant } from './grants.ts';
import { Workflow } from './workflow.ts';
import { createWorkflowFunctions, type WorkflowFunctionsProps } from './workflow-functions.ts';

export interface ServiceWorkflowProps extends Omit<WorkflowFunctionsProps, 'secretId' | 'readKey'> {
  /** Holds MiniMax's key. */
  readonly apiKey: ISecret;
}

/** The state machine with the functions of its steps. */
export function createWorkflow(scope: Construct, { apiKey, ...props }: ServiceWorkflowProps): StateMachine {
  const { pollSeconds, giveUpAfterHours } = props.settings;
  const functions = createWorkflowFunctions(scope, {
    ...props,
    secretId: apiKey.secretFullArn ?? apiKey.secretName,
    readKey: secretGrant(apiKey),
  });
  const { stateMachine } = new Workflow(scope, 'Workflow', {
    functions,
    pollSeconds,
    giveUpAfter: Duration.hours(giveUpAfterHours),
  });
  const { stateMachineArn } = stateMachine;
  grantTaskEnds(functions.videoFailed, stateMachineArn, ['states:SendTaskSuccess', 'states:SendTaskFailure']);
  if (functions.waitForCallback !== undefined)
    grantTaskEnds(functions.waitForCallback, stateMachineArn, ['states:SendTaskSuccess']);
  return stateMachine;
}
