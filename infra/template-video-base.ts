import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IEventBus, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import type { MetricName } from '../lambdas/core/completion/metrics.ts';
import { type DETAIL_TYPES, EVENT_SOURCE } from '../lambdas/core/completion/video-event.ts';
import { type Access, grantAccess } from './api-access.ts';
import { ownMetric } from './metrics.ts';
import { requireSingleCopy } from './single-copy.ts';

/** A service for videos from MiniMax templates: of this app, or one that another app has deployed. */
export interface ITemplateVideo extends IConstruct {
  /** The dimension `service` of its metrics and the name of its API, as in `Shop-Videos`. Undefined where an import does not name it. */
  readonly serviceName: string | undefined;
  /** The HTTPS API. Undefined without one. */
  readonly api: IRestApi | undefined;
  /** Where to POST requests for videos, as in `https://…/videos`. Undefined without an API. */
  readonly videosUrl: string | undefined;
  /** The workflow. Its executions are the videos. */
  readonly stateMachine: IStateMachine;
  /** Holds the videos. */
  readonly bucket: IBucket;
  /** Lists the videos. It can be made again from the bucket. */
  readonly table: ITable;
  /** Gets the events about ended videos. */
  readonly eventBus: IEventBus;
  /**
   * Lets an AWS identity start videos: `POST /videos`, `POST /uploads` and `GET /templates`.
   * @throws Error without an API, and where callers are not authorized by IAM
   */
  grantStart(grantee: IGrantable): Grant;
  /** Lets an AWS identity see videos: `GET` of `/videos`, `/videos/*`, `/usage` and `/templates`. @throws Error as `grantStart` */
  grantRead(grantee: IGrantable): Grant;
  /** Lets an AWS identity cancel videos: `DELETE /videos/*`. @throws Error as `grantStart` */
  grantCancel(grantee: IGrantable): Grant;
  /** A rule for each video of this service that is ready. Other services on the bus do not match. */
  onSucceeded(id: string, options?: OnEventOptions): Rule;
  /** A rule for each video of this service that failed, was stopped or ran out of time. */
  onFailed(id: string, options?: OnEventOptions): Rule;
  /** The number of videos that are ready. @default the sum of five minutes @throws Error with monitoring off */
  metricDelivered(props?: MetricOptions): Metric;
  /** The number of videos that ended otherwise. @default the sum of five minutes @throws Error with monitoring off */
  metricFailed(props?: MetricOptions): Metric;
  /**
   * The estimated dollars of the videos that ended: MiniMax's list price and the state transitions. A video without a known price
   * is not in it.
   * @default the sum of five minutes
   * @throws Error with monitoring off
   */
  metricCost(props?: MetricOptions): Metric;
}

/** What can be done with a service, by its attributes alone. */
export abstract class TemplateVideoBase extends Construct implements ITemplateVideo {
  abstract readonly serviceName: string | undefined;
  abstract readonly api: IRestApi | undefined;
  abstract readonly videosUrl: string | undefined;
  abstract readonly stateMachine: IStateMachine;
  abstract readonly bucket: IBucket;
  abstract readonly table: ITable;
  abstract readonly eventBus: IEventBus;
  /** Who authorizes callers, if it is not IAM, as in `API keys`. */
  protected abstract readonly authorizedBy: string | undefined;
  /** Why it has no metrics, as in `has monitoring off`. */
  protected abstract readonly noMetricsReason: string | undefined;

  /** @throws Error where the app has two copies of the CDK */
  constructor(scope: Construct, id: string) {
    super(requireSingleCopy(scope), id);
  }

  grantStart(grantee: IGrantable): Grant {
    return this.grantAccess(grantee, 'start');
  }

  grantRead(grantee: IGrantable): Grant {
    return this.grantAccess(grantee, 'read');
  }

  grantCancel(grantee: IGrantable): Grant {
    return this.grantAccess(grantee, 'cancel');
  }

  onSucceeded(id: string, options?: OnEventOptions): Rule {
    return this.onEnd('Video Ready', id, options);
  }

  onFailed(id: string, options?: OnEventOptions): Rule {
    return this.onEnd('Video Failed', id, options);
  }

  metricDelivered(props?: MetricOptions): Metric {
    return this.sumOf('VideosReady', props);
  }

  metricFailed(props?: MetricOptions): Metric {
    return this.sumOf('VideosFailed', props);
  }

  metricCost(props?: MetricOptions): Metric {
    return this.sumOf('EstimatedUsd', props);
  }

  private grantAccess(grantee: IGrantable, access: Access): Grant {
    const { api, authorizedBy, node } = this;
    if (api === undefined)
      throw new Error(
        `${node.path} has no API to grant: give it one, or grant its state machine with stateMachine.grantStartExecution().`,
      );
    if (authorizedBy !== undefined)
      throw new Error(
        `The callers of ${node.path} are authorized by ${authorizedBy}, so a grant of IAM would have no effect.`,
      );
    return grantAccess(api, grantee, access);
  }

  private onEnd(detailType: (typeof DETAIL_TYPES)[number], id: string, options: OnEventOptions = {}): Rule {
    const { crossStackScope, target, ...rest } = options;
    const rule = new Rule(crossStackScope ?? this, id, { ...rest, eventBus: this.eventBus });
    rule.addEventPattern({
      source: [EVENT_SOURCE],
      detailType: [detailType],
      resources: [this.stateMachine.stateMachineArn],
    });
    if (target !== undefined) rule.addTarget(target);
    return rule;
  }

  private sumOf(name: MetricName, props: MetricOptions = {}): Metric {
    const { serviceName = '', noMetricsReason, node } = this;
    if (noMetricsReason !== undefined)
      throw new Error(`${node.path} ${noMetricsReason}, so it has no metrics.`);
    return ownMetric({ serviceName }, name, 'Sum').with(props);
  }
}
