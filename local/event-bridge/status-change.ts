import type { LocalExecution } from '../step-functions/engine.ts';
import type { LocalEventBus } from './event-bus.ts';

/** Publishes the event for the end or the redrive of an execution: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function publishStatusChange(
  bus: LocalEventBus,
  stateMachineArn: string,
  execution: LocalExecution,
): Promise<void> {
  const { arn, name, status, startDate, stopDate, redriveCount, input, output = null } = execution;
  const { error = null, cause = null } = execution;
  return bus.publish('aws.states', 'Step Functions Execution Status Change', {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startDate.getTime(),
    stopDate: stopDate?.getTime() ?? null,
    input,
    output,
    inputDetails: { included: true },
    outputDetails: output === null ? null : { included: true },
    error,
    cause,
    redriveCount,
  });
}
