import { Aws } from 'aws-cdk-lib';
import { type IRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CALLS } from '../lambdas/core/api/routes.ts';
import { STAGE } from './api-access.ts';
import { TemplateVideoBase } from './template-video-base.ts';

/** A deployed service, by its outputs. It is in the account and the region of the stack. */
export interface TemplateVideoAttributes {
  /** Its output `StateMachineArn`. */
  readonly stateMachineArn: string;
  /** Its output `VideoBucket`. */
  readonly bucketName: string;
  /** Its output `VideoTable`. */
  readonly tableName: string;
  /** The id of its REST API, which is the first part of `VideosUrl`. The API has to authorize callers by IAM. @default it has no API */
  readonly restApiId?: string;
  /** Its output `VideosUrl`. @default the address of `restApiId` */
  readonly videosUrl?: string;
  /** The event bus on which it announces the ends of videos. @default the account's default event bus */
  readonly eventBus?: IEventBus | EventBus;
  /** Its `serviceName`: the name of its stack and the path of the construct in it, as in `Shop-Videos`. @default it has no metrics */
  readonly serviceName?: string;
}

/** A service that another app has deployed. */
export class ImportedTemplateVideo extends TemplateVideoBase {
  readonly serviceName: string | undefined;
  readonly api: IRestApi | undefined;
  readonly videosUrl: string | undefined;
  readonly stateMachine: IStateMachine;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly eventBus: IEventBus;
  protected readonly authorizedBy = undefined;
  protected readonly noMetricsReason: string | undefined;

  constructor(scope: Construct, id: string, attributes: TemplateVideoAttributes) {
    super(scope, id);
    const { stateMachineArn, bucketName, tableName, restApiId, videosUrl, eventBus, serviceName } =
      attributes;
    this.stateMachine = StateMachine.fromStateMachineArn(this, 'StateMachine', stateMachineArn);
    this.bucket = Bucket.fromBucketName(this, 'Videos', bucketName);
    this.table = Table.fromTableName(this, 'Table', tableName);
    this.eventBus = (eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default')) as IEventBus;
    this.api = restApiId === undefined ? undefined : RestApi.fromRestApiId(this, 'RestApi', restApiId);
    this.videosUrl = videosUrl ?? (restApiId && toVideosUrl(restApiId));
    this.serviceName = serviceName;
    this.noMetricsReason = serviceName === undefined ? 'is imported without its serviceName' : undefined;
  }
}

function toVideosUrl(restApiId: string): string {
  const host = `${restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  return `https://${host}/${STAGE}${CALLS['start-video'].path}`;
}
