import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type EventPattern, type IEventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LEASE_SECONDS } from '../lambdas/core/completion/lease.ts';
import { describeExecutionGrant, executionGrant, itemGrant, jobGrant, listGrant } from './grants.ts';
import type { IndexVariables } from './index-variables.ts';
import { acknowledgeFindings } from './nag.ts';
import type { Settings } from './settings.ts';
import { VideoFunction } from './video-function.ts';

/** As long as `Submit task` may run, because an execution can be stopped right after that step has begun. */
const RECORD_WAIT_SECONDS = '150';

export interface AnnouncementsProps {
  readonly settings: Settings;
  /** The folder of the function's bundle. */
  readonly bundle: string;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly indexVariables: IndexVariables;
  readonly stateMachine: StateMachine;
  readonly eventBus: IEventBus;
}

/** Records, counts and announces each end of an execution, and marks each redrive. */
export class Announcements extends Construct {
  readonly announceVideo: VideoFunction<'announce-video'>;

  constructor(scope: Construct, id: string, props: AnnouncementsProps) {
    super(scope, id);
    this.announceVideo = createAnnounceVideo(scope, props);
    const rules = [this.createEndedRule(props), this.createRedrivenRule(props), this.createHourlyRule()];
    for (const rule of rules)
      acknowledgeFindings(rule, {
        'Serverless-EventBusDLQ': 'The hourly sweep recovers the events that were not delivered.',
      });
  }

  private createEndedRule(props: AnnouncementsProps): Rule {
    const status = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
    return this.createStatusRule('Ended', 'Each end of an execution.', statusPattern(props, { status }));
  }

  private createRedrivenRule(props: AnnouncementsProps): Rule {
    const redriven = { status: ['RUNNING'], redriveCount: Match.greaterThan(0) };
    return this.createStatusRule('Redriven', 'Each redrive.', statusPattern(props, redriven));
  }

  private createStatusRule(id: string, description: string, eventPattern: EventPattern): Rule {
    const targets = [new FunctionTarget(this.announceVideo)];
    return new Rule(this, id, { description, eventPattern, targets });
  }

  private createHourlyRule(): Rule {
    return new Rule(this, 'Hourly', {
      description: 'Finds job documents whose ends have not been announced, or whose executions are gone.',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new FunctionTarget(this.announceVideo)],
    });
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
function statusPattern({ stateMachine }: AnnouncementsProps, detail: EventPattern['detail']): EventPattern {
  return {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [stateMachine.stateMachineArn], ...detail },
  };
}

function createAnnounceVideo(
  scope: Construct,
  { settings, bundle, bucket, table, indexVariables, stateMachine, eventBus }: AnnouncementsProps,
): VideoFunction<'announce-video'> {
  return new VideoFunction<'announce-video'>(scope, 'AnnounceVideo', {
    bundle,
    description: 'Records, counts and announces the ends of videos, and marks redrives.',
    environment: {
      STATE_MACHINE_ARN: stateMachine.stateMachineArn,
      VIDEO_BUCKET: bucket.bucketName,
      EVENT_BUS: eventBus.eventBusArn,
      MINIMAX_API_HOST: settings.minimaxHost,
      RECORD_WAIT_SECONDS,
      ...indexVariables,
    },
    grants: [
      { actions: ['states:StartExecution', 'states:ListExecutions'], resource: stateMachine.stateMachineArn },
      describeExecutionGrant(stateMachine),
      executionGrant(stateMachine, ['states:DescribeExecution', 'states:GetExecutionHistory']),
      jobGrant(bucket, ['s3:GetObject', 's3:PutObject']),
      listGrant(bucket),
      itemGrant(table, 'video', ['dynamodb:UpdateItem', 'dynamodb:BatchGetItem']),
      itemGrant(table, 'end', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']),
      { actions: ['events:PutEvents'], resource: eventBus.eventBusArn },
    ],
    timeout: Duration.seconds(LEASE_SECONDS),
  });
}
