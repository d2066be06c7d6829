import { toShownWorkflow } from './core/history/workflow.ts';
import { createStateMachine } from './io/aws/state-machine.ts';
import { readEnvironment } from './io/environment.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';

const environment = readEnvironment('get-workflow');
const stateMachine = createStateMachine(environment.STATE_MACHINE_ARN);

/** `GET /workflow`: the definition of the workflow. */
export const handler = apiHandler(async () =>
  jsonReply(200, toShownWorkflow(await stateMachine.definition())),
);
