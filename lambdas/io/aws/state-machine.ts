import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';

/** The state machine of the workflow. @param stateMachineArn as in `arn:aws:states:eu-west-1:123456789012:stateMachine:TemplateVideo` */
export function createStateMachine(stateMachineArn: string, client = new SFNClient()) {
  return {
    /** The JSON text of its definition, in Amazon States Language (DescribeStateMachine). */
    async definition(): Promise<string> {
      const { definition = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
      return definition;
    },
  };
}
