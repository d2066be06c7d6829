import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { onTestFinished } from 'vitest';
import { startAwsEndpoint } from '../../local/aws/json-endpoint.ts';
import type { LambdaHost } from '../../local/lambda/lambda-host.ts';
import { stepFunctionsApi } from '../../local/step-functions/api.ts';
import { createEngine } from '../../local/step-functions/engine.ts';
import type { EngineOptions } from '../../local/step-functions/engine-options.ts';

export const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine';

type Dependencies = Pick<LambdaHost, 'invoke'> & Pick<EngineOptions, 'pauseMs' | 'waitMs'>;

/** The real client of an engine that runs this definition, until the test is over. */
export async function connectTo(
  definition: StateMachineDefinition,
  { invoke, ...options }: Dependencies,
): Promise<SFNClient> {
  const engine = createEngine({
    stateMachine: { arn: ARN, roleArn: 'arn:aws:iam::000000000000:role/Machine', definition },
    lambda: {
      invoke(functionArn, event, options) {
        options?.onBegin?.();
        return invoke(functionArn, event);
      },
    },
    ...options,
  });
  const endpoint = await startAwsEndpoint(stepFunctionsApi(engine));
  onTestFinished(async () => {
    engine.suspend();
    await endpoint.stop();
  });
  return new SFNClient({
    region: 'us-east-1',
    endpoint: endpoint.url,
    credentials: endpoint.credentials,
    maxAttempts: 1,
  });
}

export function start(client: SFNClient, name: string, input: unknown = {}) {
  return client.send(new StartExecutionCommand({ stateMachineArn: ARN, name, input: JSON.stringify(input) }));
}

export async function finished(client: SFNClient, executionArn: string | undefined) {
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The types of an execution's events, in their order. */
export async function typesOf(
  client: SFNClient,
  executionArn: string | undefined,
): Promise<readonly unknown[]> {
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.map(({ type }) => type);
}
