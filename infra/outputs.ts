import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ListRules } from '../lambdas/core/table/entry.ts';
import type { OutputName } from './output-names.ts';
import type { Settings } from './settings.ts';

/** A key of an output has 255 characters at most. */
const MAX_PREFIX_CHARACTERS = 200;

/** The parts of a service that have outputs. */
interface Service {
  readonly videosUrl: string | undefined;
  readonly stateMachine: IStateMachine;
  readonly apiKeyId: string | undefined;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly alarmTopic: ITopic | undefined;
}

/** Writes the outputs that people and commands read from a stack. @param prefix of their keys */
export function addOutputs(scope: Construct, prefix: string, service: Service, settings: Settings): void {
  const values: Readonly<Record<OutputName, readonly [value: string | undefined, description: string]>> = {
    VideosUrl: [service.videosUrl, 'Where to POST requests for videos'],
    StateMachineArn: [service.stateMachine.stateMachineArn, 'The workflow; its executions are the videos'],
    ApiKeyId: [
      service.apiKeyId,
      'The id of the first API key; `aws apigateway get-api-key --include-value` shows the key',
    ],
    VideoBucket: [service.bucket.bucketName, 'Where the videos are stored'],
    VideoTable: [
      service.table.tableName,
      'Where the videos are listed; `template-video reindex` makes it again',
    ],
    ListRules: [toListRulesText(settings), 'The settings of the list, for `template-video reindex`'],
    AlarmTopicArn: [service.alarmTopic?.topicArn, 'Where alarms go: subscribe the people who act on them'],
  };
  for (const [name, [value, description]] of Object.entries(values))
    if (value !== undefined)
      new CfnOutput(scope, name, { value, description }).overrideLogicalId(`${prefix}${name}`);
}

/** The path of a construct in its stack, as in `Videos`. Keys of outputs have letters and digits only. */
export function toOutputPrefix(construct: Construct): string {
  const { length } = Stack.of(construct).node.scopes;
  const path = construct.node.scopes.slice(length).map((scope) => scope.node.id);
  return path
    .join('')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, MAX_PREFIX_CHARACTERS);
}

/** The rules that the functions have in their environment. */
function toListRulesText({ visibility, listedMetadata }: Settings): string {
  return JSON.stringify({ visibility, listedMetadata } satisfies ListRules);
}
